import ZaichikProtocol

/// What a client is told of messages that it gets again.
struct Attempt: Equatable {
    /// How often they were delivered, this time included.
    var number: UInt32
    var cause: RedeliveryCause
    /// What was said when they were returned; empty if nothing was.
    var reason = ""

    /// That of a message that was not delivered yet. No client is told of it.
    static let first = Attempt(number: 1, cause: .returned)

    /// How long messages wait at least that a client returns after this attempt, in µs: a client that returns everything at
    /// once is not to keep the loop busy.
    static func leastDelay(after number: UInt32) -> UInt64 {
        number < 2 ? 0 : min(10_000 << UInt64(min(number - 2, 10)), 1_000_000)
    }
}
