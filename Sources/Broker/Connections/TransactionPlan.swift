import NIOCore
import ZaichikProtocol

/// The publishes of a TRANSACTION: checked as far as that needs no topic's lock, and sorted by topic.
struct TransactionPlan {
    /// Consecutive publishes to one topic.
    struct Run {
        /// Where its frames lie.
        var bytes: Range<Int>
        /// The index of its first publish in the transaction.
        var first: Int
        var count: Int
        /// Its place among all runs: arrival order follows it.
        var place: Int
        /// What they ask for. A message with headers is a run by itself.
        var times: MessageTimes
        /// Whether it is traced. Such a message is a run by itself.
        var isTraced = false
    }

    /// All that is published to one topic.
    struct Part {
        let topic: Topic
        var runs: [Run] = []
        var bytes = 0
        /// Of those, what is kept aside until its delay is over.
        var delayedBytes = 0
        var count = 0
    }

    /// In ascending order of the topics' ids, which is the order in which their locks are taken.
    private(set) var parts: [Part] = []
    private(set) var count = 0
    private(set) var runCount = 0
    /// Where messages lie that ask for a trace and are not traced, as there are too many: they lose the flag.
    private(set) var untraced: [Int] = []
    /// Bytes of all publishes.
    var bytes: Int { parts.reduce(0) { $0 + $1.bytes } }

    /// - Parameters:
    ///   - frames: Whole, well-formed PUBLISH frames.
    ///   - topic: Finds a topic by its id.
    ///   - mayTrace: Asked for each message that is to be traced, with its topic's id.
    init(
        _ frames: ByteBuffer, topic: (UInt32) -> Topic?, mayTrace: (UInt32) -> Bool = { _ in true }
    ) throws(TransactionAbort) {
        var parts: [UInt32: Part] = [:]
        var offset = 0
        while offset < frames.readableBytes {
            var (run, times, isTraced) = try next(frames, at: offset)
            if isTraced, !mayTrace(run.topicID) {
                isTraced = false
                untraced.append(offset)
            }
            if parts[run.topicID] == nil {
                guard parts.count < PeerLimits.transactionTopics else {
                    throw TransactionAbort(
                        .transactionTooLarge, publish: count,
                        "a transaction publishes to at most \(PeerLimits.transactionTopics) topics")
                }
                parts[run.topicID] = Part(topic: try writable(run.topicID, topic))
            }
            parts[run.topicID]!.add(
                Run(
                    bytes: offset..<offset + run.bytes, first: count, count: run.count, place: runCount, times: times,
                    isTraced: isTraced))
            offset += run.bytes
            count += run.count
            runCount += 1
        }
        self.parts = parts.values.sorted { $0.topic.id < $1.topic.id }
    }

    /// The next publishes to one topic; a single one if it needs individual treatment.
    private func next(
        _ frames: ByteBuffer, at offset: Int
    ) throws(TransactionAbort) -> (FrameScan.Run, MessageTimes, isTraced: Bool) {
        let many = frames.withUnsafeReadableBytes {
            FrameScan.run(UnsafeRawBufferPointer(rebasing: $0[offset...]), limit: .max)
        }
        if let many { return (many, MessageTimes(), false) }
        var rest = frames
        rest.moveReaderIndex(forwardBy: offset)
        guard let header = FrameHeader(peeking: rest), let frame = rest.readSlice(length: header.frameLength),
            case .publish(let message)? = try? ClientFrame(decoding: frame)
        else { preconditionFailure("the frames of a transaction were checked when it was decoded") }
        let run = FrameScan.Run(topicID: message.topicID, bytes: frame.readableBytes, count: 1, wantsConfirm: false)
        switch PublishCheck.outcome(of: message) {
        case .fine(let times): return (run, times, message.flags.contains(.trace))
        case .refused(let code, let reason): throw TransactionAbort(code, publish: count, reason)
        }
    }

    private func writable(_ id: UInt32, _ find: (UInt32) -> Topic?) throws(TransactionAbort) -> Topic {
        guard let topic = find(id) else {
            throw TransactionAbort(
                .unknownTopic, publish: count, "there is no topic with id \(id); ask for it with TOPIC")
        }
        guard !topic.isReserved else {
            throw TransactionAbort(
                .reservedName, publish: count, "'\(topic.name)' belongs to the broker; clients cannot publish to it")
        }
        return topic
    }
}

extension TransactionPlan.Part {
    fileprivate mutating func add(_ run: TransactionPlan.Run) {
        runs.append(run)
        bytes += run.bytes.count
        if run.times.delay > 0 { delayedBytes += run.bytes.count }
        count += run.count
    }
}

/// Why a transaction did not happen: the first thing that was wrong, and its place.
struct TransactionAbort: Error, Equatable {
    var code: ErrorCode
    var part: TransactionPart
    /// From 0, within the part.
    var index: Int
    var message: String

    init(_ code: ErrorCode, publish index: Int, _ message: String) {
        (self.code, part, self.index, self.message) = (code, .publishes, index, message)
    }

    init(_ code: ErrorCode, commit index: Int, _ message: String) {
        (self.code, part, self.index, self.message) = (code, .commits, index, message)
    }
}
