import ZaichikProtocol
import ZaichikWords

/// Messages as JSON lines, with the fields of `zaichik sub --json`, or as CSV (RFC 4180).
enum ExportText {
    static func bytes(_ messages: [ReceivedMessage], isCSV: Bool) -> [UInt8] {
        isCSV
            ? Array("topic,sequence,timestamp,time,key,payload\r\n".utf8) + messages.flatMap(csv)
            : messages.flatMap { json($0) + [UInt8(ascii: "\n")] }
    }

    /// As one line of JSON.
    static func json(_ message: ReceivedMessage) -> [UInt8] {
        var fields: [[UInt8]] = [
            Array(#""topic":"#.utf8) + JSONWriter.string(message.topic),
            Array(#""sequence":\#(message.sequence)"#.utf8), Array(#""timestamp":\#(message.timestamp)"#.utf8),
        ]
        if message.attempt > 1 { fields.append(Array(#""attempt":\#(message.attempt)"#.utf8)) }
        fields.append(message.key.map { value("key", $0) } ?? Array(#""key":null"#.utf8))
        if !message.headers.isEmpty {
            let headers = message.headers.map { header in
                Array(#"{"name":"#.utf8) + JSONWriter.string(header.name) + [UInt8(ascii: ",")]
                    + value("value", header.value) + [UInt8(ascii: "}")]
            }
            fields.append(Array(#""headers":["#.utf8) + headers.joined(separator: ",".utf8) + [UInt8(ascii: "]")])
        }
        if message.isJSON {
            fields.append(Array(#""payload":"#.utf8) + JSONText.compact(message.payload))
        } else {
            fields.append(value("payload", message.payload))
        }
        // What was not kept for display cannot be exported, which must be seen.
        if message.payload.count < message.length {
            fields.append(Array(#""payload_bytes":\#(message.length)"#.utf8))
        }
        return [UInt8(ascii: "{")] + fields.joined(separator: ",".utf8) + [UInt8(ascii: "}")]
    }

    /// Text as it is, anything else in base64 under `NAME_base64`.
    private static func value(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
        if let text = String(validating: bytes, as: UTF8.self) {
            return Array("\"\(name)\":".utf8) + JSONWriter.string(text)
        }
        return Array("\"\(name)_base64\":\"\(Clipboard.base64(bytes))\"".utf8)
    }

    private static func csv(_ message: ReceivedMessage) -> [UInt8] {
        let fields: [[UInt8]] = [
            Array(message.topic.utf8), Array("\(message.sequence)".utf8), Array("\(message.timestamp)".utf8),
            Array(TimeText.text(message.timestamp).utf8), message.key.map(plain) ?? [], plain(message.payload),
        ]
        return fields.map(quoted).joined(separator: ",".utf8) + Array("\r\n".utf8)
    }

    /// Text as it is; bytes that are no UTF-8 are spelled out.
    private static func plain(_ bytes: [UInt8]) -> [UInt8] { Array(SafeText.text(bytes).utf8) }

    private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { "\",\r\n".utf8.contains($0) }) else { return bytes }
        return [UInt8(ascii: "\"")] + bytes.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
            + [UInt8(ascii: "\"")]
    }
}
