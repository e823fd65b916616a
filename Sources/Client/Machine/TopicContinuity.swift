import ZaichikProtocol

/// Joins a topic's messages over a reconnect: none is delivered twice, and those missing in between are a gap.
struct TopicContinuity: Sendable {
    /// How far reading has come in this connection; nil: it has brought nothing from the topic yet.
    private(set) var position: ReadPosition?
    /// How far reading had come before; nil once it is past that.
    private var earlier: ReadPosition?
    /// Whether this connection has repeated a message of the earlier one; if so, none is missing in between.
    private var hasOverlap = false
    private let incarnation: UInt64?

    /// - Parameters:
    ///   - incarnation: The topic's in this connection.
    ///   - earlier: How far reading had come in the topic of this name. If that had another incarnation, this one is read
    ///     from its first message.
    init(incarnation: UInt64? = nil, earlier: ReadPosition? = nil) {
        self.incarnation = incarnation
        guard let earlier, let incarnation else { return }
        self.earlier =
            earlier.incarnation == incarnation
            ? earlier : ReadPosition(sequence: 0, timestamp: 0, incarnation: incarnation)
    }

    enum Delivered: Equatable {
        case repeated
        /// Along with the sequences before it that neither connection brought.
        case new(missing: ClosedRange<UInt64>?)
    }

    /// Judges a delivery.
    ///
    /// - Parameter isAgain: Whether the broker announced it as one that comes again: then it is out of order, and wanted.
    mutating func deliver(_ sequence: UInt64, timestamp: UInt64, isAgain: Bool = false) -> Delivered {
        guard !isAgain else { return .new(missing: nil) }
        let reached = ReadPosition(sequence: sequence, timestamp: timestamp, incarnation: incarnation)
        guard let earlier else {
            position = reached
            return .new(missing: nil)
        }
        guard sequence > earlier.sequence else {
            hasOverlap = true
            return .repeated
        }
        self.earlier = nil
        position = reached
        let expected = earlier.sequence + 1
        return .new(missing: sequence > expected && !hasOverlap ? expected...(sequence - 1) : nil)
    }

    /// Takes a gap that the broker tells.
    ///
    /// - Returns: The part of it that was not told before, and the sequences missing before it; each nil if there are none.
    mutating func skip(_ gap: ClosedRange<UInt64>) -> (missing: ClosedRange<UInt64>?, gap: ClosedRange<UInt64>?) {
        guard let earlier else {
            position = ReadPosition(
                sequence: max(gap.upperBound, position?.sequence ?? 0), timestamp: position?.timestamp ?? 0,
                incarnation: incarnation)
            return (nil, gap)
        }
        guard gap.upperBound > earlier.sequence else {
            hasOverlap = true
            return (nil, nil)
        }
        self.earlier = nil
        position = ReadPosition(sequence: gap.upperBound, timestamp: earlier.timestamp, incarnation: incarnation)
        let expected = earlier.sequence + 1
        guard gap.lowerBound > expected else { return (nil, expected...gap.upperBound) }
        return (hasOverlap ? nil : expected...(gap.lowerBound - 1), gap)
    }

    /// Forgets the topic, which is no longer read: a later subscription starts where it says.
    mutating func forget() { self = TopicContinuity(incarnation: incarnation) }
}
