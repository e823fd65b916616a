import NIOCore

/// What the broker remembers of a named producer, as WELCOME tells it.
public struct ProducerRecord: Equatable, Sendable {
    /// How many publishes of the producer are answered (accepted, found to be duplicates, or refused), over all its
    /// connections.
    public var answered: UInt64
    /// The connection with which the record began. If it is another one than before, the record was forgotten meanwhile.
    public var began: UInt64
    /// The last connection before this one of which publishes were answered; 0 if there was none.
    public var lastConnection: UInt64
    /// How many publishes of that connection were answered.
    public var lastAnswered: UInt64
    /// Which of them were refused.
    public var refusals: PublishRefusals

    public init(
        answered: UInt64 = 0, began: UInt64, lastConnection: UInt64 = 0, lastAnswered: UInt64 = 0,
        refusals: PublishRefusals = PublishRefusals()
    ) {
        self.answered = answered
        self.began = began
        self.lastConnection = lastConnection
        self.lastAnswered = lastAnswered
        self.refusals = refusals
    }
}

extension ProducerRecord {
    /// Reads the two fields of WELCOME.
    ///
    /// - Returns: nil if a field is missing or does not have the length of its content.
    init?(answered: UInt64?, detail: ByteBuffer?) {
        guard let answered, var detail,
            let (began, last, lastAnswered, completeFrom) = detail.readMultipleIntegers(
                endianness: .little, as: (UInt64, UInt64, UInt64, UInt64).self)
        else { return nil }
        var ranges: [PublishRefusals.Range] = []
        while let (first, last, code) = detail.readMultipleIntegers(
            endianness: .little, as: (UInt64, UInt64, UInt16).self)
        {
            guard first <= last else { return nil }
            ranges.append(PublishRefusals.Range(first...last, code: code))
        }
        guard detail.readableBytes == 0 else { return nil }
        self.init(
            answered: answered, began: began, lastConnection: last, lastAnswered: lastAnswered,
            refusals: PublishRefusals(ranges, completeFrom: completeFrom))
    }

    /// The content of WELCOME's field `producer-record`.
    var detail: ByteBuffer {
        var buffer = ByteBuffer()
        for number in [began, lastConnection, lastAnswered, refusals.completeFrom] { buffer.writeLittle(number) }
        for range in refusals.ranges {
            buffer.writeLittle(range.numbers.lowerBound)
            buffer.writeLittle(range.numbers.upperBound)
            buffer.writeLittle(range.code)
        }
        return buffer
    }
}
