import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// A format in which deliveries are printed.
enum MessageFormat {
    /// The payload and a line feed.
    case line
    /// The payload alone.
    case raw
    case json
    case pattern([Part])

    enum Part: Equatable {
        case text(String)
        case topic
        case sequence
        case key
        case payload
        case payloadLength
        case timestamp
        case time
    }

    /// Reads a pattern such as `%t %s: %p\n`.
    init(pattern: String) throws {
        var parts: [Part] = []
        var text = ""
        var rest = pattern.makeIterator()
        while let character = rest.next() {
            switch character {
            case "%":
                let letter = rest.next()
                if letter == "%" {
                    text.append("%")
                    continue
                }
                guard let letter, let part = Self.placeholders[letter] else {
                    throw CommandFailure(
                        ExitStatus.usage,
                        "'%\(letter.map(String.init) ?? "")' in -F is not a placeholder; use one of %t %s %k %p %l %u %T %%"
                    )
                }
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(part)
            case "\\":
                let letter = rest.next()
                guard let letter, let escape = Self.escapes[letter] else {
                    throw CommandFailure(
                        ExitStatus.usage,
                        "'\\\(letter.map(String.init) ?? "")' in -F is not an escape; use one of \\n \\r \\t \\0 \\\\")
                }
                text.append(escape)
            default: text.append(character)
            }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        self = .pattern(parts)
    }

    private static let placeholders: [Character: Part] = [
        "t": .topic, "s": .sequence, "k": .key, "p": .payload, "l": .payloadLength, "u": .timestamp, "T": .time,
    ]
    private static let escapes: [Character: Character] = ["n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\"]

    /// - Parameter escapes: Whether characters that could harm a terminal are spelled out.
    func write(_ delivery: Delivery, escapes: Bool, to buffer: inout ByteBuffer) {
        switch self {
        case .line:
            buffer.writeValue(delivery.payload, escapes: escapes)
            buffer.writeInteger(UInt8(ascii: "\n"))
        case .raw: buffer.writeImmutableBuffer(delivery.payload)
        case .json:
            buffer.beginObject()
            buffer.writeField("topic", delivery.topic.string)
            buffer.writeField("sequence", delivery.sequence)
            buffer.writeField("timestamp", delivery.timestamp)
            if let key = delivery.key { buffer.writeField("key", key) } else { buffer.writeNull("key") }
            buffer.writeField("payload", delivery.payload)
            buffer.endObject()
            buffer.writeInteger(UInt8(ascii: "\n"))
        case .pattern(let parts):
            for part in parts {
                switch part {
                case .text(let text): buffer.writeString(text)
                case .topic:
                    buffer.writeString(escapes ? SafeText.escaped(delivery.topic.string) : delivery.topic.string)
                case .sequence: buffer.writeString(String(delivery.sequence))
                case .key: if let key = delivery.key { buffer.writeValue(key, escapes: escapes) }
                case .payload: buffer.writeValue(delivery.payload, escapes: escapes)
                case .payloadLength: buffer.writeString(String(delivery.payload.readableBytes))
                case .timestamp: buffer.writeString(String(delivery.timestamp))
                case .time: buffer.writeString(TimeText.text(delivery.timestamp))
                }
            }
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func writeValue(_ value: ByteBuffer, escapes: Bool) {
        if escapes { writeString(SafeText.escaped(value)) } else { writeImmutableBuffer(value) }
    }
}

extension SafeText {
    /// A payload or a key for a terminal: its lines stay.
    static func escaped(_ bytes: ByteBuffer) -> String { escaped(text(bytes.readableBytesView), keepsLines: true) }
}
