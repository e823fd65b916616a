/// A message of one of the broker's own topics, as far as it is shown: an object with a name, a time and data.
public struct Report: Equatable, Sendable {
    public enum Value: Equatable, Sendable {
        case text(String)
        case number(UInt64)
        case object([String: Value])
        /// What a later broker may have in its place.
        case other

        /// With quotes around a text, so that where it ends is clear whatever it has in it.
        public var shown: String {
            switch self {
            case .text(let text): "\"\(SafeText.escaped(text).replacing("\"", with: "\\\""))\""
            case .number(let number): "\(number)"
            case .object(let members): "{\(Report.shown(members))}"
            case .other: "…"
            }
        }

        public var number: UInt64? { if case .number(let number) = self { number } else { nil } }
        public var text: String? { if case .text(let text) = self { text } else { nil } }
    }

    /// The name of the event or the step.
    public let name: String
    /// µs since 1970.
    public let time: UInt64
    public let level: String
    public let text: String
    /// How many of its name it stands for; 0 if it is one.
    public let more: UInt64
    public let topic: String
    public let sequence: UInt64
    public let data: [String: Value]

    /// - Returns: nil if it is not what such a topic has.
    public init?(_ json: some Collection<UInt8>) {
        guard let members = ReportJSON.object(json), let time = members["time"]?.number,
            let name = members["event"]?.text ?? members["step"]?.text
        else { return nil }
        self.name = name
        self.time = time
        level = members["level"]?.text ?? ""
        text = members["text"]?.text ?? name
        more = members["more"]?.number ?? 0
        topic = members["topic"]?.text ?? ""
        sequence = members["sequence"]?.number ?? 0
        data = if case .object(let data)? = members["data"] { data } else { [:] }
    }

    /// One that a program adds to those of the broker.
    public init(
        name: String, time: UInt64, level: String, text: String, topic: String = "", sequence: UInt64 = 0,
        data: [String: Value] = [:]
    ) {
        (self.name, self.time, self.level, self.text) = (name, time, level, text)
        (self.topic, self.sequence, self.data) = (topic, sequence, data)
        more = 0
    }

    /// Such as `client=7 name="hare"`; all but some.
    public func shownData(without names: Set<String> = []) -> String {
        Self.shown(data.filter { !names.contains($0.key) })
    }

    private static func shown(_ members: [String: Value]) -> String {
        members.sorted { $0.key < $1.key }.map { "\(SafeText.escaped($0.key))=\($0.value.shown)" }
            .joined(separator: " ")
    }
}
