import ZaichikProtocol

/// One way in which clients can make a broker grow.
struct ResidentScene: Sendable {
    let name: String
    /// In bytes.
    var memoryLimit = 256 << 20
    /// Makes memory grow. Everything added to the load stays until the load is released.
    ///
    /// - Returns: The outcome, in a few words.
    let grow: @Sendable (Stage, Load) throws -> String

    static let all = state + input + output + logs

    /// The clients that make a broker grow by being there.
    final class Load: @unchecked Sendable {
        private var offenders: [Offender] = []
        /// Called first when the load is released; returns the outcome in words.
        var atEnd: (() throws -> String)?

        func add(_ more: [Offender]) { offenders += more }

        /// Adds clients one after the other. Those that connected are kept, even if a later one fails.
        ///
        /// - Returns: How many got what they ask for, in words: the broker may refuse it, or end their connection.
        func connect(
            _ count: Int, _ stage: Stage, window: UInt32 = 0, _ prepare: (Offender, Int) throws -> Void
        ) throws -> String {
            var good = 0
            for index in 0..<count {
                let offender = try Offender(stage, window: window)
                add([offender])
                do {
                    try prepare(offender, index)
                    if offender.refusal == nil { good += 1 }
                } catch is GrowthError {}
            }
            return good == count ? "\(count)" : "\(good) of \(count)"
        }

        /// Makes all clients that are still connected read what has arrived.
        ///
        /// - Parameter commits: Whether they commit it.
        func receive(commits: Bool = false) throws {
            try offenders.removeAll { offender in
                do {
                    let before = offender.count(.deliver)
                    while try offender.receive() {}
                    let now = offender.count(.deliver)
                    if commits, now > before { try offender.send(.commit(UInt64(now))) }
                    return false
                } catch is GrowthError { return true }
            }
        }

        func letGo() throws -> String {
            defer { for offender in offenders { offender.leave() } }
            return try atEnd?() ?? ""
        }
    }
}
