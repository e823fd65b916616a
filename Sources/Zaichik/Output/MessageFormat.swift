import FoundationEssentials
import NIOCore
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// A format in which deliveries are printed.
struct MessageFormat {
    enum Layout {
        /// The payload and the terminator.
        case line
        /// The payload alone.
        case raw
        /// An object and the terminator.
        case json
        /// A line of a recording, whatever the terminator.
        case recording(Recording.Clock)
        case pattern([Part])
    }

    enum Part: Equatable {
        case bytes([UInt8])
        case topic
        case sequence
        case attempt
        case value(Value, Spelling)
        case headers
        case payloadLength
        case timestamp
        case time
    }

    enum Value { case key, payload }

    /// How bytes are written.
    enum Spelling { case plain, hex, base64 }

    var layout: Layout
    /// Whether characters that could harm a terminal are spelled out.
    var escapes = false
    /// Ends each message.
    var terminator = UInt8(ascii: "\n")
    /// Writes a time in µs since 1970 UTC.
    var time: @Sendable (UInt64) -> String = { TimeText.text($0) }

    func write(_ delivery: Delivery, to buffer: inout ByteBuffer) {
        switch layout {
        case .line:
            buffer.writeValue(delivery.content, escapes: escapes)
            buffer.writeInteger(terminator)
        case .raw: buffer.writeImmutableBuffer(delivery.content)
        case .json:
            buffer.beginObject()
            buffer.writeField("topic", delivery.topic.string)
            buffer.writeField("sequence", delivery.sequence)
            buffer.writeField("timestamp", delivery.timestamp)
            buffer.writeField("attempt", UInt64(delivery.attempt))
            if let key = delivery.key { buffer.writeField("key", key) } else { buffer.writeNull("key") }
            if delivery.hasHeaders { buffer.writeHeaders(delivery.headers) }
            buffer.writeNestedField("payload", delivery.content)
            buffer.endObject()
            buffer.writeInteger(terminator)
        case .recording(let clock):
            Recording.write(delivery, clock, to: &buffer)
            buffer.writeInteger(UInt8(ascii: "\n"))
        case .pattern(let parts): for part in parts { write(part, of: delivery, to: &buffer) }
        }
    }

    /// Writes lost messages, where the layout has them.
    func write(_ gap: Gap, to buffer: inout ByteBuffer) {
        guard case .recording(let clock) = layout else { return }
        Recording.write(gap, clock, to: &buffer)
        buffer.writeInteger(UInt8(ascii: "\n"))
    }

    private func write(_ part: Part, of delivery: Delivery, to buffer: inout ByteBuffer) {
        switch part {
        case .bytes(let bytes): buffer.writeBytes(bytes)
        case .topic: buffer.writeString(escapes ? SafeText.escaped(delivery.topic.string) : delivery.topic.string)
        case .sequence: buffer.writeString(String(delivery.sequence))
        case .attempt: buffer.writeString(String(delivery.attempt))
        case .value(let value, let spelling):
            guard let bytes = value == .key ? delivery.key : delivery.content else { return }
            switch spelling {
            case .plain: buffer.writeValue(bytes, escapes: escapes)
            case .hex: for byte in bytes.readableBytesView { buffer.writeString(SafeText.hex(byte)) }
            case .base64: buffer.writeString(Data(bytes.readableBytesView).base64EncodedString())
            }
        case .headers:
            for (index, field) in delivery.headers.fields.enumerated() {
                if index > 0 { buffer.writeString(" ") }
                buffer.writeValue(ByteBuffer(string: field.name), escapes: escapes)
                buffer.writeString(":")
                buffer.writeValue(field.value, escapes: escapes)
            }
        case .payloadLength: buffer.writeString(String(delivery.content.readableBytes))
        case .timestamp: buffer.writeString(String(delivery.timestamp))
        case .time: buffer.writeString(time(delivery.timestamp))
        }
    }
}

// Patterns such as `%t %s: %p\n`.
extension MessageFormat.Layout {
    private static let placeholders: [Character: MessageFormat.Part] = [
        "t": .topic, "s": .sequence, "h": .headers, "a": .attempt, "k": .value(.key, .plain), "X": .value(.key, .hex),
        "p": .value(.payload, .plain),
        "x": .value(.payload, .hex), "b": .value(.payload, .base64), "B": .value(.key, .base64), "l": .payloadLength,
        "u": .timestamp, "T": .time,
    ]

    init(pattern: String) throws {
        var parts: [MessageFormat.Part] = []
        var text: [UInt8] = []
        var rest = pattern[...]
        while let character = rest.popFirst() {
            switch character {
            case "%":
                let letter = rest.popFirst()
                if letter == "%" {
                    text.append(UInt8(ascii: "%"))
                    continue
                }
                guard let letter, let part = Self.placeholders[letter] else {
                    let names = Self.placeholders.keys.sorted().map { "%\($0)" }.joined(separator: " ")
                    throw CommandFailure(
                        ExitStatus.usage,
                        "'%\(letter.map(String.init) ?? "")' in -F is not a placeholder; use one of \(names) %%")
                }
                if !text.isEmpty { parts.append(.bytes(text)) }
                text = []
                parts.append(part)
            case "\\": text.append(try EscapedText.read(&rest, option: "-F"))
            default: text += Array(String(character).utf8)
            }
        }
        if !text.isEmpty { parts.append(.bytes(text)) }
        self = .pattern(parts)
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

extension ByteBuffer {
    /// The field `headers` of an object: a list of objects with `name` and `value`.
    mutating func writeHeaders(_ headers: Headers) {
        writeField("headers", list: headers.fields) { field, buffer in
            buffer.writeField("name", field.name)
            buffer.writeField("value", field.value)
        }
    }
}
