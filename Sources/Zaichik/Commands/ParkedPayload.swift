import NIOCore
import Synchronization
import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// A parked message with its whole payload, which the list has the beginning of.
struct ParkedPayload: Sendable {
    /// How long to wait for the message from its topic.
    private static let patience = Duration.seconds(5)

    let row: ParkedMessage
    private(set) var payload: ByteBuffer

    /// The message's own bytes, as far as they are known.
    var content: ByteBuffer { row.parts(of: payload)?.content ?? ByteBuffer() }

    var isWhole: Bool { payload.readableBytes == Int(row.payloadLength) }

    /// Reads the message from its topic if its row has not all of it. The session does not notice.
    init(_ row: ParkedMessage, _ client: ZaichikClient) async throws {
        self.row = row
        payload = row.payload
        guard !isWhole, let topic = try? TopicPattern(row.topic), topic.name != nil else { return }
        try await client.subscribe(to: topic, from: .sequence(row.sequence))
        let (sequence, length) = (row.sequence, Int(row.payloadLength))
        let found = FoundPayload()
        _ = try await TimeLimit.run(Self.patience) {
            for try await delivery in client.deliveries {
                if delivery.sequence == sequence, delivery.payload.readableBytes == length {
                    found.set(delivery.payload)
                }
                return
            }
        }
        if let whole = found.value { payload = whole }
    }

    var incompleteness: String {
        """
        the topic '\(SafeText.escaped(row.topic))' does not give message \(row.sequence) any more; only its first \
        \(row.payload.readableBytes) bytes of \(row.payloadLength) are known
        """
    }

    /// As a person reads it.
    func lines(width: Int?, _ time: (UInt64) -> String) -> [String] {
        var rows: [(String, String)] = [
            ("topic", row.topic), ("sequence", String(row.sequence)), ("accepted", time(row.timestamp)),
            ("parked", time(row.parkedAt)), ("attempts", String(row.attempts)), ("reason", row.reason),
            ("key", row.hasKey ? SafeText.text(row.key.readableBytesView) : "none"),
        ]
        let parts = row.parts(of: payload)
        rows += (parts?.headers.fields ?? []).map { field in
            ("header", "\(SafeText.escaped(field.name)): \(SafeText.text(field.value.readableBytesView))")
        }
        rows.append(("payload", "\(row.contentLength) \(row.contentLength == 1 ? "byte" : "bytes")"))
        let block = TextBlock.lines(
            "PARKED MESSAGE \(row.number)", rows.map { [.text($0.0), .text($0.1)] }, width)
        return block.dropFirst() + ["", SafeText.escaped(content)]
    }
}

/// Takes a payload out of a task.
private final class FoundPayload: Sendable {
    private let state = Mutex<ByteBuffer?>(nil)

    var value: ByteBuffer? { state.withLock { $0 } }

    func set(_ payload: ByteBuffer) { state.withLock { $0 = payload } }
}
