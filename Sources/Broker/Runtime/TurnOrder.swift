import DequeModule

/// The state of a taker in a loop's turns.
enum TurnState: Equatable {
    /// It has nothing to send.
    case idle
    /// It has a turn when the loop comes to the end of its step.
    case due
    /// It has more to send than one turn allows, and will have another turn later.
    case continuing
    /// It has more to send, and also answers, which do not wait for that later turn.
    case continuingAndDue

    /// Whether it has more to send than its turn allowed.
    var hasMore: Bool { self == .continuing || self == .continuingAndDue }
}

protocol TurnTaker: AnyObject {
    var turnState: TurnState { get set }
}

/// Decides whose turn it is on a loop. A value without a clock: it decides the order, the loop gives the turns.
///
/// In a step every taker that is due has one turn. Takers with more to send than a turn allows continue later, one of
/// them each time the loop has looked at its sockets, so that no other waits longer than one turn. A taker that is
/// stopped by the horizon of the arrival order is due again when the horizon has moved.
struct TurnOrder<Taker: TurnTaker> {
    private var due: Deque<Taker> = []
    private var continuing: Deque<Taker> = []
    private var stopped: [Taker] = []

    var dueCount: Int { due.count }
    /// Whether any taker has something to send.
    var isEmpty: Bool { due.isEmpty && continuing.isEmpty }

    mutating func markDue(_ taker: Taker) {
        switch taker.turnState {
        case .due, .continuingAndDue: return
        case .idle: taker.turnState = .due
        case .continuing: taker.turnState = .continuingAndDue
        }
        due.append(taker)
    }

    /// Removes the taker that has been due for longest; nil if there is none.
    mutating func takeDue() -> Taker? {
        guard let taker = due.popFirst() else { return nil }
        taker.turnState = taker.turnState == .continuingAndDue ? .continuing : .idle
        return taker
    }

    /// Notes that a taker has more to send than its turn allowed.
    mutating func continueLater(_ taker: Taker) {
        switch taker.turnState {
        case .continuing, .continuingAndDue: return
        case .idle: taker.turnState = .continuing
        case .due: taker.turnState = .continuingAndDue
        }
        continuing.append(taker)
    }

    /// Removes the taker that continues next; nil if there is none.
    mutating func takeContinuing() -> Taker? {
        guard let taker = continuing.popFirst() else { return nil }
        taker.turnState = taker.turnState == .continuingAndDue ? .due : .idle
        return taker
    }

    mutating func stopAtHorizon(_ taker: Taker) { stopped.append(taker) }

    /// Makes takers due again that the horizon had stopped: it has moved.
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
