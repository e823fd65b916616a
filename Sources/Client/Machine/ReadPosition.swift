import ZaichikProtocol

/// How far reading has come in one topic.
struct ReadPosition: Equatable, Sendable {
    /// Everything up to here was delivered, or told as a gap.
    var sequence: UInt64
    /// Of the last message delivered, in µs since 1970 UTC; 0: there was only a gap.
    var timestamp: UInt64
}

extension [TopicName: ReadPosition] {
    /// How far the clocks of two topics' messages may be apart that the broker took at the same time, in µs.
    private static let clockMargin: UInt64 = 100_000

    /// Where a subscription starts in a new connection: at the time of the last message it brought. A sequence would miss
    /// messages if the broker was restarted and counts from 1 again. ``TopicContinuity`` judges what comes then.
    ///
    /// - Parameter start: Used if the subscription has brought no message.
    func resumption(of pattern: TopicPattern, otherwise start: StartPosition) -> StartPosition {
        let times = compactMap { pattern.matches($0.key) ? $0.value.timestamp : nil }
        guard let newest = times.max() else { return start }
        return .time(pattern.name == nil ? newest - Swift.min(newest, Self.clockMargin) : newest)
    }
}

/// Joins a topic's messages over a reconnect: none is delivered twice, and those missing in between are a gap.
struct TopicContinuity: Sendable {
    /// How far reading has come in this connection; nil: it has brought nothing from the topic yet.
    private(set) var position: ReadPosition?
    /// How far reading had come before; nil once it is past that.
    private var earlier: ReadPosition?
    /// Whether this connection has repeated a message of the earlier one; if so, none is missing in between.
    private var hasOverlap = false

    init(earlier: ReadPosition? = nil) { self.earlier = earlier }

    enum Delivered: Equatable {
        case repeated
        /// Along with the sequences before it that neither connection brought.
        case new(missing: ClosedRange<UInt64>?)
    }

    /// Judges a delivery.
    mutating func deliver(_ sequence: UInt64, timestamp: UInt64) -> Delivered {
        guard let earlier else {
            position = ReadPosition(sequence: sequence, timestamp: timestamp)
            return .new(missing: nil)
        }
        // Both are compared: a restarted broker counts from 1 again, but its timestamps do not go back.
        if sequence <= earlier.sequence, timestamp <= earlier.timestamp {
            hasOverlap = true
            return .repeated
        }
        self.earlier = nil
        position = ReadPosition(sequence: sequence, timestamp: timestamp)
        let expected = sequence <= earlier.sequence ? 1 : earlier.sequence + 1
        return .new(missing: sequence > expected && !hasOverlap ? expected...(sequence - 1) : nil)
    }

    /// Takes a gap that the broker tells.
    ///
    /// - Returns: The part of it that was not told before, and the sequences missing before it; each nil if there are none.
    mutating func skip(_ gap: ClosedRange<UInt64>) -> (missing: ClosedRange<UInt64>?, gap: ClosedRange<UInt64>?) {
        guard let earlier else {
            position = ReadPosition(
                sequence: max(gap.upperBound, position?.sequence ?? 0), timestamp: position?.timestamp ?? 0)
            return (nil, gap)
        }
        guard gap.upperBound > earlier.sequence else {
            hasOverlap = true
            return (nil, nil)
        }
        self.earlier = nil
        position = ReadPosition(sequence: gap.upperBound, timestamp: earlier.timestamp)
        let expected = earlier.sequence + 1
        guard gap.lowerBound > expected else { return (nil, expected...gap.upperBound) }
        return (hasOverlap ? nil : expected...(gap.lowerBound - 1), gap)
    }

    /// Forgets the topic, which is no longer read: a later subscription starts where it says.
    mutating func forget() { self = TopicContinuity() }
}
