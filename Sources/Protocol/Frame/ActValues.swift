import NIOCore

/// The fields of ACT as values; nil for those that it does not have.
public struct ActValues: Equatable, Sendable {
    /// Why it is done, for people; empty: nothing was said.
    public var reason = ""
    /// µs since 1970.
    public var until: UInt64?
    /// In ms.
    public var duration: UInt64?
    public var window: UInt64?
    public var windowBytes: UInt64?
    /// A name or a pattern.
    public var topic: String?
    public var sequence: UInt64?
    public var count: UInt64?
    /// µs since 1970.
    public var time: UInt64?
    public var key: ByteBuffer?
    public var level: String?
    public var start: StartPosition?
    /// Of the topic, if no other is meant.
    public var incarnation: UInt64?

    public init(reason: String = "") { self.reason = reason }

    /// When it ends, in µs since 1970; nil if no end was given.
    public func end(now: UInt64) -> UInt64? {
        if let until { return until }
        guard let duration else { return nil }
        let (span, isLong) = duration.multipliedReportingOverflow(by: 1000)
        let (end, isFar) = now.addingReportingOverflow(span)
        return isLong || isFar ? .max : end
    }

    /// The fields that it has.
    public var fields: [ActField] { ActField.allCases.filter(has) }

    private func has(_ field: ActField) -> Bool {
        switch field {
        case .reason: !reason.isEmpty
        case .until: until != nil
        case .duration: duration != nil
        case .window: window != nil
        case .windowBytes: windowBytes != nil
        case .topic: topic != nil
        case .sequence: sequence != nil
        case .count: count != nil
        case .time: time != nil
        case .key: key != nil
        case .level: level != nil
        case .start: start != nil
        case .incarnation: incarnation != nil
        }
    }
}

extension ActValues {
    init(_ body: inout FrameBody, of act: Act) throws(FrameError) {
        self.init()
        for (tag, bytes) in try body.fields() {
            guard let field = ActField(rawValue: tag) else {
                throw body.badArgument("field \(tag) is none that this broker knows")
            }
            switch field {
            case .reason: reason = try body.text(bytes, field.name).clamped(toUTF8: PeerLimits.reason)
            case .until: until = try body.number(bytes, field.name)
            case .duration: duration = try body.number(bytes, field.name)
            case .window: window = try body.number(bytes, field.name)
            case .windowBytes: windowBytes = try body.number(bytes, field.name)
            case .topic: topic = try body.text(bytes, field.name)
            case .sequence: sequence = try body.number(bytes, field.name)
            case .count: count = try body.number(bytes, field.name)
            case .time: time = try body.number(bytes, field.name)
            case .key: key = bytes
            case .level: level = try body.text(bytes, field.name)
            case .start: start = try body.start(bytes, field.name)
            case .incarnation: incarnation = try body.number(bytes, field.name)
            }
        }
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeField(ActField.reason.rawValue, reason.clamped(toUTF8: PeerLimits.reason))
        buffer.writeField(ActField.until.rawValue, until)
        buffer.writeField(ActField.duration.rawValue, duration)
        buffer.writeField(ActField.window.rawValue, window)
        buffer.writeField(ActField.windowBytes.rawValue, windowBytes)
        if let topic { buffer.writeField(ActField.topic.rawValue) { $0.writeString(topic) } }
        buffer.writeField(ActField.sequence.rawValue, sequence)
        buffer.writeField(ActField.count.rawValue, count)
        buffer.writeField(ActField.time.rawValue, time)
        if let key { buffer.writeField(ActField.key.rawValue) { $0.writeImmutableBuffer(key) } }
        if let level { buffer.writeField(ActField.level.rawValue) { $0.writeString(level) } }
        if let start { buffer.writeField(ActField.start.rawValue, start) }
        buffer.writeField(ActField.incarnation.rawValue, incarnation)
    }
}
