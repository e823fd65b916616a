import TestSupport
import ZaichikProtocol

/// One publish of a history, by the connection that made it and its number there.
struct PublishName: Hashable, CustomStringConvertible {
    var connection: Int
    var number: Int

    var description: String { "\(connection).\(number)" }

    init(connection: Int, number: Int) {
        self.connection = connection
        self.number = number
    }

    /// - Returns: nil if the payload names none.
    init?(payload: String) {
        let parts = payload.prefix { $0 != " " }.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 2 else { return nil }
        self.init(connection: parts[0], number: parts[1])
    }
}

/// What is known of a topic: what was published, in which order, and what its figures were when the broker was at rest.
struct TopicModel {
    let plan: History.TopicPlan
    let name: String
    let settings: TopicSettings
    /// nil: nobody has brought it about yet.
    var id: UInt32?
    /// By sequence, from 1; nil: nobody has seen it yet.
    private(set) var messages: [PublishName?] = []
    /// At the start of each round, and now.
    private(set) var marks: [Mark] = []
    var rejected = 0
    /// Of these, in this round.
    var refusedInRound = 0
    /// The first message that some queue held when the round began, at the least.
    var heldBefore: UInt64 = 1
    /// Publishes that were found to be duplicates.
    var duplicates = 0
    /// Publishes of connections that went without waiting for answers.
    var unknown = 0
    /// Sequences that some queue lost to the limit.
    var droppedFromQueues = Set<UInt64>()
    /// What operators have done to it.
    var acts = Acts()

    struct Acts {
        /// Everything below is purged: the least and the most that it can be.
        var purgedBelow: ClosedRange<UInt64> = 1...1
        /// Likewise, when the round began.
        var purgedBefore: UInt64 = 1
        var purgedMessages: UInt64 = 0
        /// Whether all was purged in this round: what was published in it may have been there, or not.
        var isPurgedNow = false
        var isPaused = false
        /// Whether it was paused at some time in this round, and whether it was all the time.
        var wasPaused = false
        var wasPausedThroughout = false
    }

    struct Mark {
        var head: UInt64
        var earliest: UInt64
        /// In µs since 1970.
        var time: UInt64
    }

    init(plan: History.TopicPlan, prefix: String) {
        self.plan = plan
        name = "\(prefix).\(plan.name)"
        var settings = TopicSettings()
        for (tag, value) in plan.settings { _ = settings.set(tag, to: value) }
        self.settings = settings
    }

    /// Whether queues may lose something to the limit.
    var mayDrop: Bool { settings.overflow == .drop && plan.settings[.limit] != nil }

    /// Whether every message that is accepted reaches every queue.
    var losesNothing: Bool {
        !mayDrop && acts.purgedMessages == 0 && settings.retention == 0 && plan.settings[.historyBytes] == nil
            && settings.historyCount == 0
            && (settings.deduplicationWindow == 0 || settings.deduplicationScope == .topic)
    }

    var frameSize: UInt64 { UInt64(plan.frameSize) }
    var head: UInt64 { marks.last?.head ?? 0 }
    var earliest: UInt64 { marks.last?.earliest ?? 1 }
    /// At the start of the round.
    var before: Mark { marks.count > 1 ? marks[marks.count - 2] : Mark(head: 0, earliest: 1, time: 0) }

    mutating func begin(time: UInt64) {
        marks.append(Mark(head: head, earliest: earliest, time: time))
        refusedInRound = 0
        acts.purgedBefore = acts.purgedBelow.lowerBound
        acts.isPurgedNow = false
        (acts.wasPaused, acts.wasPausedThroughout) = (acts.isPaused, acts.isPaused)
    }

    /// An operator has purged it while others may have published.
    mutating func purge(below end: UInt64?, messages: UInt64) {
        acts.purgedMessages += messages
        let end = end ?? before.head + 1
        acts.purgedBelow = max(acts.purgedBelow.lowerBound, end)...max(acts.purgedBelow.upperBound, end)
    }

    mutating func pause(_ isPaused: Bool) {
        acts.isPaused = isPaused
        if isPaused { acts.wasPaused = true } else { acts.wasPausedThroughout = false }
    }

    mutating func rest(head: UInt64, earliest: UInt64) {
        marks[marks.count - 1].head = head
        marks[marks.count - 1].earliest = earliest
        while messages.count < head { messages.append(nil) }
        guard acts.isPurgedNow else { return }
        acts.purgedBelow = acts.purgedBelow.lowerBound...max(acts.purgedBelow.upperBound, head + 1)
    }

    // MARK: Messages

    func message(_ sequence: UInt64) -> PublishName? {
        sequence >= 1 && sequence <= messages.count ? messages[Int(sequence) - 1] : nil
    }

    /// Notes what a receipt or a delivery tells.
    mutating func learn(_ sequence: UInt64, is publish: PublishName) throws {
        guard sequence >= 1 else { throw ModelFailure(rule: "sequences start at 1", detail: "\(publish) in \(name)") }
        while messages.count < sequence { messages.append(nil) }
        let known = messages[Int(sequence) - 1]
        guard known == nil || known == publish else {
            throw ModelFailure(
                rule: "a sequence is the same message for everybody",
                detail: "\(sequence) of \(name) is \(known!) and \(publish)")
        }
        messages[Int(sequence) - 1] = publish
    }

    /// The round in which a message was accepted.
    func round(of sequence: UInt64) -> Int {
        marks.firstIndex { $0.head >= sequence } ?? marks.count - 1
    }

    /// When the message was accepted: the clock stands still during a round.
    func time(of sequence: UInt64) -> UInt64 { marks[round(of: sequence)].time }

    // MARK: What is kept

    var now: UInt64 { marks.last?.time ?? 0 }

    /// The first message that is not too old; past the head, if all are.
    var firstAlive: UInt64 {
        guard settings.retention > 0 else { return 1 }
        let cutoff = now - settings.retention * 1000
        return first(atOrAfter: cutoff)
    }

    func first(atOrAfter time: UInt64) -> UInt64 {
        guard let round = marks.firstIndex(where: { $0.time >= time }) else { return head + 1 }
        return (round == 0 ? 0 : marks[round - 1].head) + 1
    }

    /// Where history begins: what is kept, needed or not.
    var firstOfHistory: UInt64 {
        let byBytes = settings.historyBytes / frameSize
        let count = settings.historyCount > 0 ? min(settings.historyCount, byBytes) : byBytes
        return head > count ? head - count + 1 : 1
    }

    /// Frame bytes from a message to the head.
    func bytes(from sequence: UInt64) -> UInt64 { sequence > head ? 0 : (head - sequence + 1) * frameSize }
}
