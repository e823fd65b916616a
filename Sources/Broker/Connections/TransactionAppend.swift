import NIOCore
import ZaichikProtocol

/// Appends the publishes of a transaction to the logs of their topics: all of them, or none.
///
/// The locks of the topics are held together: taken in ascending order of ids, each with a look whether there is room.
/// With all of them held, the stamps are drawn, which therefore follow each other and exceed all that the topics have
/// had; then each topic gets its messages before its lock is let go. A single stamp order that holds in several topics
/// cannot be had otherwise: a run of another publisher would come in between.
struct TransactionAppend {
    private let plan: TransactionPlan
    private let frames: ByteBuffer
    private let shard: LoopShard
    private let publisher: Publisher
    private var firstStamp: UInt64 = 0
    /// The outcomes, in the order of the publishes.
    private(set) var records: [TransactionDone.Publish]
    /// The results of traced messages, with their topics and times.
    private(set) var traced: [(topicID: UInt32, result: PublishResult, times: MessageTimes)] = []
    /// The results of the runs, in no order.
    private(set) var results: [PublishResult] = []

    init(_ plan: TransactionPlan, _ frames: ByteBuffer, _ shard: LoopShard, publisher: Publisher) {
        self.plan = plan
        self.frames = frames
        self.shard = shard
        self.publisher = publisher
        records = Array(
            repeating: TransactionDone.Publish(outcome: .accepted, topicID: 0, sequence: 0), count: plan.count)
    }

    /// - Throws: The reason if there is no room. Then nothing was appended.
    mutating func perform() throws(TransactionAbort) {
        if let abort = perform(from: 0) { throw abort }
    }

    /// Judges a topic and those after it, and appends to them.
    private mutating func perform(from index: Int) -> TransactionAbort? {
        guard index < plan.parts.count else {
            firstStamp = shard.stamps(plan.runCount)
            return nil
        }
        let part = plan.parts[index]
        return part.topic.locked { state in
            let refusal = state.judge(
                bytes: part.bytes, delayed: part.delayedBytes, count: part.count, now: shard.now)
            if let refusal { return abort(refusal, part) }
            if let abort = perform(from: index + 1) { return abort }
            for run in part.runs { append(run, to: &state, part.topic.id) }
            return nil
        }
    }

    private mutating func append(_ run: TransactionPlan.Run, to state: inout TopicState, _ topicID: UInt32) {
        let result = frames.withUnsafeReadableBytes { bytes in
            state.append(
                judged: PublishRun(
                    frames: UnsafeRawBufferPointer(rebasing: bytes[run.bytes]), count: run.count,
                    stamp: firstStamp + UInt64(run.place), now: shard.now, publisher: publisher,
                    times: run.times, isTraced: run.isTraced),
                wakes: &shard.wakes)
        }
        results.append(result)
        if run.isTraced { traced.append((topicID, result, run.times)) }
        if let time = result.look { shard.delays.look(at: topicID, at: time, now: shard.now) }
        guard result.delayed == 0 else {
            records[run.first] = TransactionDone.Publish(outcome: .delayed, topicID: topicID, sequence: 0)
            return
        }
        var duplicates = result.duplicates[...]
        var sequence = result.firstSequence
        for index in 0..<run.count {
            if let duplicate = duplicates.first, duplicate.index == index {
                duplicates.removeFirst()
                records[run.first + index] = TransactionDone.Publish(
                    outcome: .duplicate, topicID: topicID, sequence: duplicate.sequence)
            } else {
                records[run.first + index] = TransactionDone.Publish(
                    outcome: .accepted, topicID: topicID, sequence: sequence)
                sequence += 1
            }
        }
    }

    private func abort(_ refusal: PublishResult.Refusal, _ part: TransactionPlan.Part) -> TransactionAbort {
        let (first, name) = (part.runs[0].first, part.topic.name)
        return switch refusal {
        case .gone:
            TransactionAbort(
                .unknownTopic, publish: first, "there is no topic with id \(part.topic.id); ask for it with TOPIC")
        case .paused: TransactionAbort(.topicPaused, publish: first, "publishes to '\(name)' are paused by an operator")
        case .memory:
            TransactionAbort(
                .memoryFull, publish: first, "the broker's memory is used up and '\(name)' has nothing to drop")
        case .full, .blocked:
            TransactionAbort(
                .topicFull, publish: first,
                "'\(name)' has no room for the \(part.count == 1 ? "message" : "\(part.count) messages"), "
                    + "\(part.bytes) B: its queues hold back as much as its limit allows")
        }
    }
}
