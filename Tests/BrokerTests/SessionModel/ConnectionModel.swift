import ZaichikProtocol

@testable import ZaichikBroker

/// A connection of a history.
final class ConnectionModel {
    /// A delivery in flight; `since` is when its deadline began.
    struct Delivery {
        var topicID: UInt32
        var sequence: UInt64
        var since: UInt64
    }

    /// A number of its own among all connections of the history.
    let number: Int
    let client: EmbeddedClient
    let queue: QueueModel
    var window: UInt32
    /// The windows of this step: deliveries of it may have been made under each.
    var largestWindow: UInt32
    var delivered: UInt64 = 0
    /// Deliveries in flight, by number.
    var inFlight: [UInt64: Delivery] = [:]
    /// Numbers that a deadline took back, and that a COMMIT has not been told of.
    var takenBack: Set<UInt64> = []
    /// Numbers of deliveries from topics that were deleted since: they keep their room until a COMMIT passes over them.
    var orphans: Set<UInt64> = []
    var published: UInt64 = 0
    var announced: Set<UInt32> = []
    /// What was announced of the next delivery.
    var redelivery: Redelivery?
    private var lastRequest: UInt32 = 0

    init(number: Int, client: EmbeddedClient, queue: QueueModel, window: UInt32) {
        self.number = number
        self.client = client
        self.queue = queue
        self.window = window
        largestWindow = window
    }

    var outstanding: Int { inFlight.count + orphans.count }
    var hasRoom: Bool { outstanding < Int(window) }

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

    /// Whether all of these are in flight here; nil if that depends on a deleted topic.
    func areInFlight(_ ranges: [ClosedRange<UInt64>]) -> Bool? {
        let numbers = ranges.flatMap { Array($0) }
        let missing = numbers.filter { inFlight[$0] == nil }
        if missing.isEmpty { return true }
        return missing.allSatisfy { orphans.contains($0) } ? nil : false
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
