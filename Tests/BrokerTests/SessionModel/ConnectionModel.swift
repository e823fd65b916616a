import ZaichikProtocol

@testable import ZaichikBroker

/// A connection of a history.
final class ConnectionModel {
    /// A delivery in flight; `since` is when its deadline began.
    struct Delivery {
        let reading: ReadingModel
        let sequence: UInt64
        var since: UInt64
        /// Whether the bytes in flight were bounded when it was made.
        var isBounded: Bool

        var size: UInt64 { reading.topic.message(sequence).size }
    }

    /// How much may be in flight; 0 bytes: any number of them.
    struct Window {
        var messages: UInt32
        var bytes: UInt64
    }

    /// A number of its own among all connections of the history.
    let number: Int
    let client: EmbeddedClient
    let queue: QueueModel
    /// The producer as which it publishes; nil if it has no name.
    let producer: Int?
    var window: Window
    /// The window at the beginning of this step: deliveries of it may have been made under both.
    var earlierWindow: Window
    var delivered: UInt64 = 0
    /// Deliveries in flight, by number. Those of subscriptions that have ended are among them.
    var inFlight: [UInt64: Delivery] = [:]
    /// Numbers that a deadline took back, and that a COMMIT has not been told of.
    var takenBack: Set<UInt64> = []
    var published: UInt64 = 0
    var confirmed: UInt64 = 0
    var announced: Set<UInt32> = []
    /// What was announced of the next delivery.
    var redelivery: Redelivery?
    private var lastRequest: UInt32 = 0

    init(number: Int, client: EmbeddedClient, queue: QueueModel, producer: Int?, window: UInt32) {
        self.number = number
        self.client = client
        self.queue = queue
        self.producer = producer
        self.window = Window(messages: window, bytes: 0)
        earlierWindow = self.window
    }

    /// Whether a frame of a size must be delivered, if it is next.
    func hasRoom(for size: UInt64) -> Bool {
        guard inFlight.count < window.messages else { return false }
        if window.bytes == 0 || inFlight.isEmpty { return true }
        // Of deliveries that were made before there was a bound, the exact length need not be known.
        return inFlight.values.allSatisfy(\.isBounded) && bytesInFlight + size <= window.bytes
    }

    /// Whether another delivery of a size is allowed under a window.
    func allows(_ size: UInt64, under window: Window) -> Bool {
        guard inFlight.count < window.messages else { return false }
        if window.bytes == 0 || inFlight.isEmpty { return true }
        return !inFlight.values.allSatisfy(\.isBounded) || bytesInFlight + size <= window.bytes
    }

    private var bytesInFlight: UInt64 { inFlight.values.reduce(0) { $0 + $1.size } }

    func nextRequest() -> UInt32 {
        lastRequest += 1
        return lastRequest
    }

    /// Numbers picked from those of its deliveries: see ``SessionHistory/Step/settle(client:_:picks:delay:)``.
    func ranges(_ picks: [Int]) -> [ClosedRange<UInt64>] {
        var ranges: [ClosedRange<UInt64>] = []
        // Most picks are among the newest deliveries.
        var next = delivered > 8 ? delivered - 8 : 1
        for index in stride(from: 0, to: picks.count - 1, by: 2) {
            let first = next + UInt64(picks[index])
            let last = first + UInt64(picks[index + 1])
            ranges.append(first...last)
            next = last + 2
        }
        return ranges
    }

    func areInFlight(_ ranges: [ClosedRange<UInt64>]) -> Bool {
        ranges.allSatisfy { $0.allSatisfy { inFlight[$0] != nil } }
    }

    /// A delivery is done.
    func finish(_ number: UInt64) {
        guard let delivery = inFlight.removeValue(forKey: number) else { return }
        queue.live(delivery)?.entries[delivery.sequence] = nil
    }

    func fail(_ rule: String, _ detail: String) -> SessionModelFailure {
        SessionModelFailure(rule: rule, detail: "connection \(number): \(detail)")
    }
}

/// What a history showed that the protocol does not allow.
struct SessionModelFailure: Error, CustomStringConvertible {
    var rule: String
    var detail: String
    var description: String { "\(rule): \(detail)" }
}
