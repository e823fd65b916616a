import NIOCore
import ZaichikProtocol

/// A message that the broker delivered to this client.
public struct Delivery: Equatable, Sendable {
    public let topic: TopicName
    /// The topic's number for it, from 1. It means something along with ``incarnation`` only.
    public let sequence: UInt64
    /// When the broker accepted it, in µs since 1970 UTC.
    public let timestamp: UInt64
    /// nil: none, which is not the same as the empty key.
    public let key: ByteBuffer?
    /// Shares its memory with what was received along with it: copy it if few are kept for long.
    public let payload: ByteBuffer
    /// Whether the payload begins with headers.
    public let hasHeaders: Bool
    /// The number that tells the topic from an earlier or later one of the same name, such as that of a broker that was
    /// started anew. nil if the broker does not know of incarnations.
    public let incarnation: UInt64?
    /// Counts this connection's deliveries from 1, for the cumulative commit.
    public let number: UInt64
    /// Which of this client's connections brought it, from 1. Each connection counts ``number`` anew, and a delivery of an
    /// earlier one is not in flight any more.
    public let connection: UInt64
    /// What the broker told along with it; nil at the first attempt.
    public let redelivery: Redelivery?
    let origin: DeliveryOrigin
    /// Whether the broker tells its way in the topic ``TopicName/trace``.
    public internal(set) var isTraced = false
}

/// Messages that this client's queue should have had and will not get.
public struct Gap: Equatable, Sendable {
    public let topic: TopicName
    /// The first sequence that is missing.
    public let first: UInt64
    /// The last sequence that is missing.
    public let last: UInt64
    public let reason: GapReason

    public init(topic: TopicName, first: UInt64, last: UInt64, reason: GapReason) {
        self.topic = topic
        self.first = first
        self.last = last
        self.reason = reason
    }

    /// How many messages are missing.
    public var count: UInt64 {
        guard last >= first else { return 0 }
        let (count, isTooMany) = (last - first).addingReportingOverflow(1)
        return isTooMany ? .max : count
    }
}

/// A message or a gap, as a client's queue brings them in order.
public enum Arrival: Equatable, Sendable {
    case delivery(Delivery)
    case gap(Gap)
}

/// The broker's answer to one publish.
public struct Receipt: Equatable, Sendable {
    public let outcome: PublishOutcome
    /// The message's own, or that of the first one with its key if it was a duplicate.
    public let sequence: UInt64
    /// How many queues it is in.
    public let queues: UInt32
}

/// The fate of the messages enqueued since the last flush.
public struct FlushResult: Equatable, Sendable {
    /// Accepted, duplicates included.
    public var confirmed: UInt64
    public var refused: UInt64
    /// Why the first of those refused was.
    public var firstRefusal: ClientError?
    /// How many of those confirmed the broker dropped because their key had been published before.
    public var duplicates: UInt64 = 0
    /// Sent and given up before the broker answered, by ``ZaichikClient/withdraw()``: the broker may have accepted them. Of a
    /// named producer also those of which a later connection no longer knew whether they were accepted or refused.
    public var unanswered: UInt64 = 0
    /// Given up before they were sent, by ``ZaichikClient/withdraw()``: the broker does not have them.
    public var unsent: UInt64 = 0

    public init(
        confirmed: UInt64 = 0, refused: UInt64 = 0, firstRefusal: ClientError? = nil, duplicates: UInt64 = 0,
        unanswered: UInt64 = 0, unsent: UInt64 = 0
    ) {
        self.confirmed = confirmed
        self.refused = refused
        self.firstRefusal = firstRefusal
        self.duplicates = duplicates
        self.unanswered = unanswered
        self.unsent = unsent
    }
}

extension Delivery {
    /// The headers that the payload begins with; empty if it has none.
    public var headers: Headers { parts.headers }
    /// The payload without its headers: the message's own bytes.
    public var content: ByteBuffer { parts.content }

    private var parts: (headers: Headers, content: ByteBuffer) {
        var content = payload
        guard hasHeaders, let headers = Headers(takenFrom: &content) else { return (Headers(), payload) }
        return (headers, content)
    }

    /// The payload without its headers as text; what is not UTF-8 is replaced.
    public var text: String { String(buffer: content) }
    /// The key as text; what is not UTF-8 is replaced.
    public var keyText: String? { key.map { String(buffer: $0) } }
}
