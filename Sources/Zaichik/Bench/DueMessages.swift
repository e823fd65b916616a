/// Walks a schedule, for some of its publishers: those of one event loop.
struct DueMessages {
    private let schedule: PublishSchedule
    private let publishers: [Int]
    private var message: UInt64 = 0
    private var place = 0

    /// - Parameter publishers: In ascending order, at least one.
    init(_ schedule: PublishSchedule, publishers: [Int]) {
        self.schedule = schedule
        self.publishers = publishers
    }

    /// When the next message is due, in ns.
    var next: UInt64 { schedule.due(message, of: publishers[place]) }

    /// Names the publishers that have something due; in one call each once, however much it is: after a stall the
    /// walk must not take longer than the stall.
    ///
    /// - Parameter body: Gets the place of a publisher in the list.
    mutating func advance(to now: UInt64, _ body: (Int) -> Void) {
        var left = publishers.count
        while next <= now, left > 0 {
            body(place)
            left -= 1
            place += 1
            if place == publishers.count { (place, message) = (0, message + 1) }
        }
        guard next <= now else { return }
        // Not all have got as far as the first one: it is one round too early rather than one too late.
        message = max(schedule.count(by: now, of: publishers[0]), message + 1) - 1
        place = 0
    }
}
