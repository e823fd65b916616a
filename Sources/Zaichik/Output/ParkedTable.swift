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
            [
                .number(row.number), .text(row.topic), .number(row.sequence), .number(UInt64(row.attempts)),
                .number(row.parkedAt, shown: time(row.parkedAt)), .text(row.reason),
                .text(SafeText.text(row.key.readableBytesView)), .number(UInt64(row.payloadLength)),
                .text(SafeText.text(row.payload.readableBytesView.prefix(shown))),
            ]
        }
        return table
    }
}

extension ParkedMessage {
    /// - Parameter whole: The whole payload; nil: only its beginning is known.
    func write(to buffer: inout ByteBuffer, payload whole: ByteBuffer? = nil) {
        buffer.writeField("number", number)
        buffer.writeField("topic", topic)
        buffer.writeField("sequence", sequence)
        buffer.writeField("timestamp", timestamp)
        buffer.writeField("parked_at_us", parkedAt)
        buffer.writeField("attempts", UInt64(attempts))
        buffer.writeField("reason", reason)
        if hasKey { buffer.writeField("key", key) } else { buffer.writeNull("key") }
        buffer.writeField("payload_bytes", UInt64(payloadLength))
        buffer.writeNestedField("payload", whole ?? payload)
    }
}
