import NIOConcurrencyHelpers

/// The wakes from other loops to a loop: gathered under a lock, fetched by the loop in one go. The loop is woken once
/// for everything that arrives until it looks.
final class Mailbox: Sendable {
    struct Content {
        var wakes: [Wake] = []
        /// Whether the horizon has moved for a reader that it stopped.
        var resumes = false
    }

    private struct State {
        var content = Content()
        var isScheduled = false
        var isEmpty = true
    }

    private let state = NIOLockedValueBox(State())

    /// - Returns: Whether the loop has to be woken.
    func post(_ wakes: [Wake]) -> Bool {
        state.withLockedValue { state in
            state.content.wakes.append(contentsOf: wakes)
            return Self.schedule(&state)
        }
    }

    /// - Returns: Whether the loop has to be woken.
    func postResume() -> Bool {
        state.withLockedValue { state in
            state.content.resumes = true
            return Self.schedule(&state)
        }
    }

    /// - Parameter isWoken: Whether this is the look for which the loop was woken.
    /// - Returns: nil if there is nothing.
    func fetch(isWoken: Bool) -> Content? {
        state.withLockedValue { state in
            if isWoken { state.isScheduled = false }
            guard !state.isEmpty else { return nil }
            state.isEmpty = true
            let content = state.content
            state.content = Content()
            return content
        }
    }

    private static func schedule(_ state: inout State) -> Bool {
        state.isEmpty = false
        guard !state.isScheduled else { return false }
        state.isScheduled = true
        return true
    }
}
