import ZaichikProtocol

@testable import ZaichikBroker

/// What a queue has to be, in the simplest way there is: every message with its state.
struct WorkModel {
    enum State: Equatable {
        case pending
        /// By the owner's index, with the number of the delivery.
        case inFlight(owner: Int, number: UInt64)
        case returned(due: UInt64)
        case parked(number: UInt64)
        case done
        case lost
    }

    struct Entry {
        let topic: UInt32
        let payload: String
        let sequence: UInt64
        var state = State.pending
        /// Deliveries so far.
        var attempts: UInt32 = 0
        var cause: RedeliveryCause?
        var reason = ""
    }

    var messages: [Entry] = []
    var parkedNumber: UInt64 = 0

    func count(_ isWanted: (State) -> Bool) -> UInt64 { UInt64(messages.count { isWanted($0.state) }) }

    var pending: UInt64 { count { $0 == .pending } }
    var inFlight: UInt64 { count { if case .inFlight = $0 { true } else { false } } }
    var returned: UInt64 { count { if case .returned = $0 { true } else { false } } }
    var parked: UInt64 { count { if case .parked = $0 { true } else { false } } }

    /// The indices of what is in flight at an owner, by number.
    func inFlight(at owner: Int) -> [(number: UInt64, index: Int)] {
        messages.indices.compactMap { index in
            guard case .inFlight(owner, let number) = messages[index].state else { return nil }
            return (number, index)
        }.sorted { $0.number < $1.number }
    }

    /// What an owner gets next: first what is due, in the order of its arrival, and then what is pending.
    func next(now: UInt64, most: Int) -> [Int] {
        let due = messages.indices.filter {
            if case .returned(let due) = messages[$0].state { due <= now } else { false }
        }
        let new = messages.indices.filter { messages[$0].state == .pending }
        return Array((due + new).prefix(most))
    }

    mutating func giveBack(
        _ index: Int, _ cause: RedeliveryCause, _ reason: String, delay: UInt64, attempts: UInt32, now: UInt64
    ) {
        let attempt = messages[index].attempts
        if attempts > 0, attempt >= attempts { return park(index, reason: reason.isEmpty ? "\(cause)" : reason) }
        let least = cause == .returned ? Attempt.leastDelay(after: attempt) : 0
        messages[index].state = .returned(due: now + max(delay, least))
        messages[index].cause = cause
        messages[index].reason = reason
    }

    mutating func park(_ index: Int, reason: String) {
        parkedNumber += 1
        messages[index].state = .parked(number: parkedNumber)
        messages[index].reason = reason
    }
}
