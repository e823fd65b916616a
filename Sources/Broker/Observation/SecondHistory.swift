/// A number in 8 bits, 5 of exponent and 3 of mantissa: up to 15 it is exact, above it is known to 1/16.
enum SmallNumber {
    /// The largest that there is; what is larger is taken for this.
    static let largest = UInt64(15) << 30

    static func coded(_ value: UInt64) -> UInt8 {
        guard value < largest else { return .max }
        guard value > 15 else { return UInt8(value) }
        let shift = UInt64(60 - value.leadingZeroBitCount)
        // Rounded, which may make it the first of the next octave: the code is right for that, too.
        let mantissa = (value + (1 << (shift - 1))) >> shift
        return UInt8(truncatingIfNeeded: shift * 8 + mantissa)
    }

    static func value(_ code: UInt8) -> UInt64 {
        guard code > 15 else { return UInt64(code) }
        let shift = (UInt64(code) - 8) >> 3
        return (UInt64(code) - 8 * shift) << shift
    }
}

/// Three figures at each of the last seconds, 600 at most, in 3 bytes a second: an amount and two rates.
///
/// What is rounded off a rate is added to the next one. So a rate may be a step of its scale off, and the sum over any
/// time is right to a part of one second's.
struct SecondHistory {
    static let most = 600
    /// So many bytes are taken first, then more at these sizes: a client that has just come does not pay for ten minutes.
    private static let sizes = [60, 180, most]
    private static let figures = 3

    /// One of the three.
    enum Series: Int, CaseIterable {
        case amount = 0
        case firstRate
        case secondRate
    }

    /// The seconds in order, as a ring when all have come.
    private var codes: [UInt8] = []
    /// The second that is the next to be written over; 0 until all have come.
    private var next = 0
    private var firstOff: Int32 = 0
    private var secondOff: Int32 = 0

    var count: Int { codes.count / Self.figures }
    /// Memory that is taken, in bytes.
    var memory: Int { codes.capacity > 0 ? codes.capacity + 32 : 0 }

    /// - Parameter quietSeconds: So many have passed in which there was nothing.
    init(quietSeconds: Int = 0) {
        let seconds = min(quietSeconds, Self.sizes[0])
        guard seconds > 0 else { return }
        codes.reserveCapacity(Self.sizes[0] * Self.figures)
        for _ in 0..<seconds * Self.figures { codes.append(0) }
    }

    mutating func add(amount: UInt64, firstRate: UInt64, secondRate: UInt64) {
        let amount = SmallNumber.coded(amount)
        let first = Self.coded(firstRate, &firstOff)
        let second = Self.coded(secondRate, &secondOff)
        guard count == Self.most else {
            if let size = Self.sizes.first(where: { $0 > count }), codes.capacity < size * Self.figures {
                codes.reserveCapacity(size * Self.figures)
            }
            codes.append(amount)
            codes.append(first)
            codes.append(second)
            return
        }
        let place = next * Self.figures
        codes[place] = amount
        codes[place + 1] = first
        codes[place + 2] = second
        next = (next + 1) % Self.most
    }

    /// - Parameter off: What was rounded off so far.
    static func coded(_ rate: UInt64, _ off: inout Int32) -> UInt8 {
        guard rate > 0 else { return 0 }
        let wanted = UInt64(max(Int64(clamping: rate) + Int64(off), 0))
        let code = SmallNumber.coded(wanted)
        off = Int32(clamping: Int64(clamping: wanted) - Int64(SmallNumber.value(code)))
        return code
    }

    /// A history of the last seconds only, in no more memory than these take.
    func beginning(before seconds: Int) -> SecondHistory {
        let wanted = min(seconds, count)
        var part = SecondHistory()
        part.codes.reserveCapacity(wanted * Self.figures)
        for second in count - wanted..<count {
            let place = second + next
            let start = (place < count ? place : place - count) * Self.figures
            part.codes.append(contentsOf: codes[start..<start + Self.figures])
        }
        return part
    }

    /// The last values of a series, the newest last.
    func last(_ seconds: Int, of series: Series) -> [UInt64] {
        let wanted = min(seconds, count)
        return (count - wanted..<count).map { value(at: $0, of: series) }
    }

    /// A second, counted from the oldest.
    private func value(at second: Int, of series: Series) -> UInt64 {
        let place = second + next
        return SmallNumber.value(codes[(place < count ? place : place - count) * Self.figures + series.rawValue])
    }

    /// The mean of the last seconds; of as many as there are.
    func mean(over seconds: Int, of series: Series) -> UInt64 {
        let wanted = min(seconds, count)
        guard wanted > 0 else { return 0 }
        var sum: UInt64 = 0
        for second in count - wanted..<count { sum += value(at: second, of: series) }
        return (sum + UInt64(wanted) / 2) / UInt64(wanted)
    }
}
