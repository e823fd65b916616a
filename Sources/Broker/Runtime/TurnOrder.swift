import DequeModule

/// Where something stands in a loop's turns.
enum TurnState: Equatable {
    /// It has nothing to send.
    case idle
    /// It has a turn when the loop comes to the end of its step.
    case due
    /// It has more to send than one turn gives, and has another when it is its time again.
    case continuing
    /// It has more to send, and answers that do not wait until it is its time.
    case continuingAndDue

    /// Whether there is more to send than a turn gave.
    var hasMore: Bool { self == .continuing || self == .continuingAndDue }
}

protocol TurnTaker: AnyObject {
    var turnState: TurnState { get set }
}

/// Whose turn it is on a loop. A value without a clock: it decides the order, the loop gives the turns.
///
/// In a step every taker that is due has one turn. One that has more to send than a turn gives goes on later, one of them
/// each time the loop has looked at its sockets, so that nobody else waits for longer than one turn. One that the horizon
/// of the order of arrival stops is due again when that has moved.
struct TurnOrder<Taker: TurnTaker> {
    private var due: Deque<Taker> = []
    private var continuing: Deque<Taker> = []
    private var stopped: [Taker] = []

    var dueCount: Int { due.count }
    /// Whether anybody has something to send.
    var isEmpty: Bool { due.isEmpty && continuing.isEmpty }

    mutating func markDue(_ taker: Taker) {
        switch taker.turnState {
        case .due, .continuingAndDue: return
        case .idle: taker.turnState = .due
        case .continuing: taker.turnState = .continuingAndDue
        }
        due.append(taker)
    }

    /// Takes the one that has been due for longest; nil if there is none.
    mutating func takeDue() -> Taker? {
        guard let taker = due.popFirst() else { return nil }
        taker.turnState = taker.turnState == .continuingAndDue ? .continuing : .idle
        return taker
    }

    /// There is more to come than the turn gave.
    mutating func goOnLater(_ taker: Taker) {
        switch taker.turnState {
        case .continuing, .continuingAndDue: return
        case .idle: taker.turnState = .continuing
        case .due: taker.turnState = .continuingAndDue
        }
        continuing.append(taker)
    }

    /// Takes the one that goes on next; nil if there is none.
    mutating func takeContinuing() -> Taker? {
        guard let taker = continuing.popFirst() else { return nil }
        taker.turnState = taker.turnState == .continuingAndDue ? .due : .idle
        return taker
    }

    mutating func stopAtHorizon(_ taker: Taker) { stopped.append(taker) }

    /// The horizon has moved.
    mutating func resumeStopped() {
        for taker in stopped { markDue(taker) }
        stopped.removeAll(keepingCapacity: true)
    }

    mutating func removeAll() {
        due = []
        continuing = []
        stopped = []
    }
}
