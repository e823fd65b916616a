import ZaichikProtocol

/// What an offender finds: a broker, how much of everything is wanted, and until when.
struct Stage: Sendable {
    let port: Int
    let clock: ProcessorClock
    let isQuick: Bool
    let deadline: Deadline

    /// A count of a full run, or a tenth of it.
    func count(_ full: Int) -> Int { isQuick ? max(full / 10, 1) : full }

    /// Has the topics created, many requests at once.
    ///
    /// - Returns: Their ids.
    @discardableResult
    func createTopics(_ count: Int, name: (Int) -> String = { "load.\($0)" }) throws -> [UInt32] {
        let creator = try Offender(self)
        try creator.ask(count: count) { .topic(request: $1, name: name($0)) }
        return creator.topicIDs
    }

    /// Has many clients connected and greeted, some hundred at a time: the broker's queue of connections to be accepted
    /// is finite.
    ///
    /// - Parameter prepare: The first action of each offender.
    func connect(
        _ count: Int, window: UInt32 = 0, _ prepare: (Offender, Int) throws -> Void = { _, _ in }
    ) throws -> [Offender] {
        var offenders: [Offender] = []
        offenders.reserveCapacity(count)
        while offenders.count < count {
            let first = offenders.count
            for index in first..<min(first + 200, count) {
                let offender = try Offender(self, window: window)
                try prepare(offender, index)
                try offender.send(.ping(1))
                offenders.append(offender)
            }
            for offender in offenders[first...] { try offender.wait { offender.count(.pong) > 0 } }
        }
        return offenders
    }

    /// Does something over and over for a while.
    func again(seconds: UInt64 = 3, _ body: () throws -> Void) throws -> Int {
        let end = Monotonic.now + seconds * 1_000_000_000
        var times = 0
        repeat {
            try body()
            times += 1
        } while Monotonic.now < end
        return times
    }
}
