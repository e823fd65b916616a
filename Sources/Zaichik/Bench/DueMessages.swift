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

    /// Gives out what has become due.
    ///
    /// - Parameter body: Gets the place of the publisher in the list, once for each message.
    mutating func advance(to now: UInt64, _ body: (Int) -> Void) {
        while next <= now {
            body(place)
            place += 1
            if place == publishers.count {
                place = 0
                message += 1
            }
        }
    }
}
