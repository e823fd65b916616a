import NIOCore
import ZaichikProtocol
import ZaichikWords

/// The table of parked messages.
enum ParkedTable {
    private static let head = [
        "number", "topic", "sequence", "attempts", "parked", "reason", "key", "bytes", "payload",
    ]
    /// The columns that a narrow terminal shows first.
    private static let important = ["number", "topic", "reason", "attempts", "payload"]
    /// How much of a payload is shown, in bytes.
    private static let shown = 60

    /// - Parameter time: Writes a time in µs since 1970 UTC.
    static func make(_ rows: [ParkedMessage], time: (UInt64) -> String) -> Table {
        var table = Table(head: head, important: important)
        table.rows = rows.map { row in
            let content = row.parts(of: row.payload)?.content ?? ByteBuffer()
            return [
                .number(row.number), .text(row.topic), .number(row.sequence), .number(UInt64(row.attempts)),
                .number(row.parkedAt, shown: time(row.parkedAt)), .text(row.reason),
                .text(SafeText.text(row.key.readableBytesView)), .number(row.contentLength),
                .text(SafeText.text(content.readableBytesView.prefix(shown))),
            ]
        }
        return table
    }
}

extension ParkedMessage {
    /// The bytes of the payload without its headers, or with them if they are longer than what is known of it.
    var contentLength: UInt64 {
        guard let (headers, _) = parts(of: payload), !headers.isEmpty else { return UInt64(payloadLength) }
        return UInt64(payloadLength) - UInt64(headers.size)
    }

    /// - Parameter whole: The whole payload; nil: only its beginning is known.
    func write(to buffer: inout ByteBuffer, payload whole: ByteBuffer? = nil) {
        buffer.writeField("number", number)
        buffer.writeField("topic", topic)
        buffer.writeField("sequence", sequence)
        buffer.writeField("timestamp", timestamp)
        buffer.writeField("parked_at_us", parkedAt)
        buffer.writeField("attempts", UInt64(attempts))
        buffer.writeField("reason", reason)
        writeContent(to: &buffer, payload: whole)
    }

    /// Its key, its headers and its payload.
    ///
    /// - Parameter whole: The whole payload; nil: only its beginning is known.
    func writeContent(to buffer: inout ByteBuffer, payload whole: ByteBuffer? = nil) {
        if hasKey { buffer.writeField("key", key) } else { buffer.writeNull("key") }
        let parts = parts(of: whole ?? payload)
        if flags.contains(.headers) {
            if let headers = parts?.headers { buffer.writeHeaders(headers) } else { buffer.writeNull("headers") }
        }
        buffer.writeField("payload_bytes", contentLength)
        if let content = parts?.content {
            buffer.writeNestedField("payload", content)
        } else {
            buffer.writeNull("payload")
        }
    }
}
