import NIOCore

/// What the broker's verdict on a queue is founded on. The verdict itself is the state in the row of the client or session.
public struct Evidence: Equatable, Sendable {
    private var numbers: [EvidenceField: UInt64] = [:]
    private var texts: [EvidenceField: String] = [:]

    public init() {}

    /// Whether nothing is known: from a broker without the capability `verdicts`, for example.
    public var isEmpty: Bool { numbers.isEmpty && texts.isEmpty }

    /// A number; nil if it is not known.
    public subscript(field: EvidenceField) -> UInt64? {
        get { numbers[field] }
        set { numbers[field] = newValue }
    }

    /// A text; nil if it is not known.
    public subscript(text field: EvidenceField) -> String? {
        get { texts[field] }
        set { texts[field] = newValue }
    }

    /// What comes if it goes on like this.
    public enum Threat: UInt64, CaseIterable, Sendable, CustomStringConvertible {
        case messagesExpire = 1
        case oldestDropped = 2
        case publishersWait = 3
        case publishesRefused = 4

        public var description: String {
            switch self {
            case .messagesExpire: "expiry"
            case .oldestDropped: "drop"
            case .publishersWait: "block"
            case .publishesRefused: "reject"
            }
        }
    }

    public var threat: Threat? {
        get { self[.threat].flatMap(Threat.init(rawValue:)) }
        set { self[.threat] = newValue?.rawValue }
    }

    /// A field as JSON and events have it.
    public enum Value: Equatable, Sendable {
        case number(UInt64)
        case text(String)
    }

    /// The fields that are known, under their names; numbers that stand for words as words.
    public var named: [(name: String, value: Value)] {
        EvidenceField.allCases.compactMap { field in
            if let text = texts[field] { return (field.name, .text(text)) }
            guard let number = numbers[field] else { return nil }
            let word: String? =
                switch field {
                case .threat: threat?.description ?? String(number)
                case .lossCause: LossCause(rawValue: number)?.description ?? String(number)
                default: nil
                }
            return (field.name, word.map(Value.text) ?? .number(number))
        }
    }

    /// Takes a field as JSON and events have it; a name or a word that is not known is passed over.
    public mutating func take(_ name: String, _ value: Value) {
        guard let field = EvidenceField.allCases.first(where: { $0.name == name }) else { return }
        switch (field, value) {
        case (.threat, .text(let word)): threat = Threat.allCases.first { $0.description == word }
        case (.lossCause, .text(let word)):
            self[.lossCause] = LossCause.allCases.first { $0.description == word }?.rawValue
        case (_, .text(let text)): if field.isText { self[text: field] = text }
        case (_, .number(let number)): if !field.isText { self[field] = number }
        }
    }

    /// Changes of the lag, in messages a second: positive if it grows; nil if not known.
    public var slope: Double? {
        if let growth = self[.growth] { return Double(growth) / 1000 }
        return self[.shrinkage].map { -Double($0) / 1000 }
    }
}

// On the wire, fields at the end of CLIENT and SESSION DETAIL: docs/PROTOCOL.md, "Verdicts".
extension Evidence {
    init(_ fields: [FrameField]) {
        self.init()
        for (tag, bytes) in fields {
            guard let field = EvidenceField(rawValue: tag) else { continue }
            if field.isText {
                texts[field] = String(buffer: bytes)
            } else if let number = bytes.wholeInteger(UInt64.self) {
                numbers[field] = number
            }
        }
    }

    func write(to buffer: inout ByteBuffer) {
        for field in EvidenceField.allCases {
            if let text = texts[field] { buffer.writeField(field.rawValue, text) }
            buffer.writeField(field.rawValue, numbers[field])
        }
    }
}
