import ZaichikProtocol

/// The messages that a cursor from the last message of each key gets of those that were there when it began.
///
/// Its reader judges them in steps, the newest first: a message is superseded if its key was seen already. Of the result,
/// a bit for each message is kept until the cursor has passed them; the keys are given back as soon as all are judged.
///
/// A step reads frames that are written already, which never change, so it takes the topic's lock once for a segment
/// only.
final class LatestOfKeys {
    /// The first and the last message to be judged.
    let range: ClosedRange<UInt64>
    private var keys: SeenKeys? = SeenKeys()
    /// Messages after this one are judged or under way.
    private var left: UInt64
    /// The messages that are judged next, as offsets in a segment: the last ones first.
    private var segment: Segment?
    private var offsets: [UInt32] = []
    /// A bit for each message, in chunks; those without a superseded one are nil.
    private var superseded: [[UInt64]?] = []
    private var chunks = 0
    private let budget: MemoryBudget
    private var charged = 0
    private let block = KeyBlock()
    /// Whether all messages are judged.
    private(set) var isReady = false

    /// How many blocks of messages are judged in a step, which takes some 0.2 ms.
    private static let blocksPerStep = 1 << 5
    /// How many steps of giving back keys are done in one go.
    private static let forgettingSteps = 1 << 12
    /// Messages whose bits are kept together.
    private static let chunk: UInt64 = 1 << 13
    /// Keys never leave this window; they all leave the other one.
    private static let always = DeduplicationWindow.Span(window: .max, now: 0)
    private static let over = DeduplicationWindow.Span(window: 0, now: .max)

    init(_ range: ClosedRange<UInt64>, budget: MemoryBudget) {
        self.range = range
        self.budget = budget
        left = range.upperBound
    }

    deinit { budget.charge(-charged) }

    // MARK: Judging

    /// Does the next step.
    ///
    /// - Returns: Whether there are more.
    func step(in topic: Topic) -> Bool {
        if offsets.isEmpty { isReady = !enterSegment(of: topic) }
        guard !isReady else { return release() }
        guard let keys, let segment else { preconditionFailure("keys were given back before all messages were judged") }
        for _ in 0..<Self.blocksPerStep where !offsets.isEmpty { judgeSome(of: segment, keys) }
        keys.settle(budget)
        settle()
        return true
    }

    /// Gives back the keys in steps, whether all messages are judged or not.
    ///
    /// - Returns: Whether there are more.
    func release() -> Bool {
        segment = nil
        offsets = []
        settle()
        guard let keys else { return false }
        _ = keys.forget(Self.over, most: Self.forgettingSteps)
        keys.settle(budget)
        if keys.isDone { self.keys = nil }
        return self.keys != nil
    }

    /// Finds the messages to be judged in the segment that has the latest of those left.
    ///
    /// - Returns: Whether there are any: earlier ones may be gone by now.
    private func enterSegment(of topic: Topic) -> Bool {
        guard left >= range.lowerBound, let (segment, used) = topic.locked({ $0.log.segment(with: left) }) else {
            return false
        }
        self.segment = segment
        var offset = 0
        var sequence = segment.firstSequence
        while offset < used, sequence <= left {
            if sequence >= range.lowerBound { offsets.append(UInt32(offset)) }
            offset += segment.frameLength(at: offset)
            sequence += 1
        }
        left = segment.firstSequence - 1
        return !offsets.isEmpty
    }

    /// Judges the last few messages that are left in the segment.
    private func judgeSome(of segment: Segment, _ keys: SeenKeys) {
        let first = max(offsets.count - KeyBlock.size, 0)
        block.begin(at: 0)
        for offset in offsets[first...].reversed() {
            segment.withKey(at: Int(offset)) { block.add($0, of: keys) }
        }
        keys.touch(block)
        for index in 0..<block.count {
            let offset = offsets.removeLast()
            guard let key = block.key(of: UInt64(index)) else { continue }
            let sequence = segment.sequence(at: Int(offset))
            if keys.judge(key, sequence: sequence, Self.always) != nil { supersede(sequence) }
        }
    }

    // MARK: The result

    /// Whether a message is not delivered, as a later one with its key was there.
    func isSuperseded(_ sequence: UInt64) -> Bool {
        guard range.contains(sequence) else { return false }
        let place = sequence - range.lowerBound
        let number = Int(place / Self.chunk)
        guard number < superseded.count, let chunk = superseded[number] else { return false }
        let bit = place % Self.chunk
        return chunk[Int(bit / 64)] >> (bit % 64) & 1 == 1
    }

    private func supersede(_ sequence: UInt64) {
        if superseded.isEmpty {
            superseded = Array(repeating: nil, count: range.count / Int(Self.chunk) + 1)
        }
        let place = sequence - range.lowerBound
        let number = Int(place / Self.chunk)
        if superseded[number] == nil {
            superseded[number] = Array(repeating: 0, count: Int(Self.chunk / 64))
            chunks += 1
        }
        let bit = place % Self.chunk
        superseded[number]![Int(bit / 64)] |= 1 << (bit % 64)
    }

    private func settle() {
        let chunk = Int(Self.chunk / 8)
        let memory =
            superseded.count * MemoryLayout<[UInt64]?>.stride + chunks * chunk
            + offsets.capacity * MemoryLayout<UInt32>.stride
        budget.charge(memory - charged)
        charged = memory
    }
}
