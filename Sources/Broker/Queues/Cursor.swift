import NIOCore
import ZaichikProtocol

/// The position of one queue in one topic.
struct Cursor {
    // What says whether there is a lag comes first, in one line of the processor's cache: queues are looked through for
    // it once a second.
    let topic: Topic
    /// What it is not done with; nil while that is a run behind which all is done.
    var outstanding: Outstanding?
    /// Deliveries not yet committed.
    var inFlight = 0
    /// Before the next message to deliver.
    var position: LogPosition
    /// Its seat among the topic's ``Holds``.
    let seat: UInt32
    /// A number that distinguishes it from earlier cursors in the same slot of the queue.
    var serial: UInt32 = 0
    /// Whether the topic is to wake the reader when the next message is visible.
    var isWaiting = false
    private var standing = Standing.matched
    /// Whether a delivery is done as soon as it is made.
    var isAutoCommitted = false
    /// Whether something was settled of it since its hold was moved.
    var isSettled = false
    /// Whether a subscription by name has made it before a pattern, which reads the topic too, has heard of the topic.
    var awaitsCreation = false
    /// Whether messages that the reader's own client has published are passed over.
    var isWithoutEcho = false
    /// Whether messages are missing between those in flight: they were lost, withheld, or belong to no subscription.
    var hasBreaks = false
    /// The serial of the attachment that was told the topic's id last; 0 if none was.
    var announcedTo: UInt16 = 0
    /// How many of the first messages it was to deliver were no longer kept when it began or was moved; 0 once the client has
    /// been told. At most 2^32 - 1, and those behind them count as lost to what took them since.
    var goneAtStart: UInt32 = 0
    /// Frame bytes of the deliveries in flight; for a run that is partly committed, a proportional share.
    var inFlightBytes = 0
    /// The last sequence that the client is done with.
    var committedSequence: UInt64
    var gapMessages: UInt64 = 0
    var duplicates: UInt64 = 0
    /// The earliest message that its session's own limit of lag, or an operator, leaves it; 0 if it has none.
    var ownFloor: UInt64 {
        get { floorBits & ~Self.purged }
        set { floorBits = newValue | floorBits & Self.purged }
    }
    /// Whether an operator has taken what is below that.
    var isFloorPurged: Bool {
        get { floorBits & Self.purged != 0 }
        set { floorBits = newValue ? ownFloor | Self.purged : ownFloor }
    }
    /// Both in one word, as there may be millions of cursors: no sequence ever has the highest bit.
    private var floorBits: UInt64 = 0
    private static let purged = UInt64(1) << 63
    /// Keys delivered, for deduplication with scope consumer.
    var keys = DeduplicationWindow()

    init(topic: Topic, position: LogPosition, seat: UInt32) {
        self.topic = topic
        self.position = position
        self.seat = seat
        committedSequence = position.sequence - 1
    }

    /// Why it is there.
    private enum Standing: UInt8 {
        /// A pattern matches the topic.
        case matched
        /// A subscription has the topic's name.
        case named
        /// Its subscription has ended.
        case ended
    }

    /// Whether the subscription has ended; the cursor stays while deliveries are in flight.
    var isDetached: Bool {
        get { standing == .ended }
        set { standing = newValue ? .ended : .matched }
    }
    /// Whether a subscription has the topic's name, not just a pattern that matches it.
    var isNamed: Bool {
        get { standing == .named }
        set { standing = newValue ? .named : .matched }
    }

    /// Whether it may have messages to deliver, or is not done with some: only then is there a lag.
    var hasLag: Bool { !isWaiting || inFlight > 0 || outstanding != nil }

    /// The earliest message that is kept because of it. Both the messages in flight and the next one count, as the
    /// cursor may have been set back to before those in flight.
    ///
    /// - Parameter hold: What it holds now: all before that is lost to it.
    @inline(__always)
    func earliestNeeded(from hold: UInt64) -> UInt64 {
        if let outstanding { return min(outstanding.nextUndone(from: hold)?.lowerBound ?? .max, position.sequence) }
        return inFlight > 0 ? min(committedSequence + 1, position.sequence) : position.sequence
    }

    /// Tells an attachment the topic's id, unless it was told before.
    mutating func announce(_ topic: Topic, to attachment: UInt16, _ output: inout [QueueOutput]) {
        guard announcedTo != attachment else { return }
        announcedTo = attachment
        output.append(.announcement(topic))
    }

    /// The earliest message that was delivered and is not done; nil if there is none.
    var lowestUndone: UInt64? { outstanding.map(\.lowest) ?? (inFlight > 0 ? committedSequence + 1 : nil) }

    /// Notes a commit.
    mutating func committed(_ retired: InFlight.Retired) {
        inFlight -= retired.count
        inFlightBytes -= retired.bytes
        if let outstanding { return outstanding.done(retired.sequences) }
        committedSequence = retired.lastSequence
    }

    /// Notes that deliveries are not in flight any more.
    mutating func settled(_ run: InFlight.Run) {
        inFlight -= Int(run.count)
        inFlightBytes -= run.bytes
    }

    /// Notes a delivery.
    ///
    /// - Parameter hasHoles: Whether it may be settled before what was delivered before it.
    mutating func delivered(_ taken: TakenRun, hasHoles: Bool) {
        if hasHoles || outstanding != nil {
            let outstanding = outstanding ?? Outstanding()
            outstanding.delivered(taken.firstSequence...taken.lastSequence)
            self.outstanding = outstanding
        } else if inFlight == 0 {
            committedSequence = taken.firstSequence - 1
            hasBreaks = false
        } else if taken.firstSequence <= committedSequence {
            // It was set back: what is delivered again is held again, until it is committed.
            committedSequence = taken.firstSequence - 1
        }
        inFlight += taken.count
        inFlightBytes += taken.size
    }

    /// Forgets that it had holes, if all is done.
    mutating func closeHoles() {
        guard inFlight == 0, outstanding?.isEmpty == true else { return }
        outstanding = nil
    }
}

/// One item of a client's queue, in the order in which they go to the client.
enum QueueOutput {
    /// The id of a topic, before the first message or gap of that topic.
    case announcement(Topic)
    /// Messages that will not come.
    case gap(GapReason, Topic, first: UInt64, last: UInt64)
    /// Deliveries of one topic.
    case run(Topic, TakenRun)
    /// Deliveries of messages that were delivered before.
    case again(Topic, TakenRun, Attempt)
    /// A traced message that is not for this queue. Nothing of it goes to the client.
    case withheld(reason: String, Topic, sequence: UInt64)
    /// A topic that was deleted, with what was pending of it.
    case gone(GoneTopic)
}
