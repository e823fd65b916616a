import FoundationEssentials
import NIOCore
import ZaichikWords

/// A message of one of the broker's own topics, as far as it is shown: an object with a name, a time and data.
struct Report: Sendable {
    enum Value: Equatable, Sendable, Decodable {
        case text(String)
        case number(UInt64)
        case object([String: Value])
        /// What a later broker may have in its place.
        case other

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(UInt64.self) {
                self = .number(number)
            } else if let text = try? value.decode(String.self) {
                self = .text(text)
            } else if let members = try? value.decode([String: Value].self) {
                self = .object(members)
            } else {
                self = .other
            }
        }

        /// With quotes around a text, so that where it ends is clear whatever it has in it.
        var shown: String {
            switch self {
            case .text(let text): "\"\(SafeText.escaped(text).replacing("\"", with: "\\\""))\""
            case .number(let number): "\(number)"
            case .object(let members): "{\(Report.shown(members))}"
            case .other: "…"
            }
        }

        var number: UInt64? { if case .number(let number) = self { number } else { nil } }
        var text: String? { if case .text(let text) = self { text } else { nil } }
    }

    private struct Object: Decodable {
        var time: UInt64
        var event: String?
        var step: String?
        var level: String?
        var text: String?
        var more: UInt64?
        var topic: String?
        var sequence: UInt64?
        var data: [String: Value]?
    }

    /// As it came.
    let json: ByteBuffer
    /// The name of the event or the step.
    let name: String
    /// µs since 1970.
    let time: UInt64
    let level: String
    let text: String
    /// How many of its name it stands for; 0 if it is one.
    let more: UInt64
    let topic: String
    let sequence: UInt64
    let data: [String: Value]

    /// - Returns: nil if it is not what such a topic has.
    init?(_ json: ByteBuffer) {
        guard let object = try? JSONDecoder().decode(Object.self, from: Data(json.readableBytesView)),
            let name = object.event ?? object.step
        else { return nil }
        self.json = json
        self.name = name
        time = object.time
        level = object.level ?? ""
        text = object.text ?? name
        more = object.more ?? 0
        topic = object.topic ?? ""
        sequence = object.sequence ?? 0
        data = object.data ?? [:]
    }

    /// Such as `client=7 name="hare"`; all but some.
    func shownData(without names: Set<String> = []) -> String {
        Self.shown(data.filter { !names.contains($0.key) })
    }

    private static func shown(_ members: [String: Value]) -> String {
        members.sorted { $0.key < $1.key }.map { "\(SafeText.escaped($0.key))=\($0.value.shown)" }
            .joined(separator: " ")
    }
}
