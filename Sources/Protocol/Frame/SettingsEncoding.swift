import NIOCore

extension SettingsChange {
    /// `tag, length 8, u64` for each setting named, up to the end of the body.
    init(_ body: inout FrameBody) throws(FrameError) {
        try self.init(fields: try body.fields(), in: body)
    }

    /// Likewise, in the value of a field.
    init(_ value: ByteBuffer, in body: FrameBody) throws(FrameError) {
        var value = value
        guard let fields = value.readFields() else { throw body.badArgument("its settings are cut off") }
        try self.init(fields: fields, in: body)
    }

    /// Tags that this table does not have are refused: a setting that is silently not set would be worse.
    private init(fields: [FrameField], in body: FrameBody) throws(FrameError) {
        self.init()
        var check = Settings()
        for (tag, bytes) in fields {
            guard let tag = Settings.Tag(rawValue: tag) else {
                throw body.badArgument("setting \(tag) is none that this broker knows")
            }
            guard let value = bytes.wholeInteger(UInt64.self) else {
                throw body.badArgument("the setting \(tag.name) is a u64, this one has \(bytes.readableBytes) bytes")
            }
            guard check.set(tag, to: value) else {
                throw body.badArgument("the setting \(tag.name) cannot be \(value); right would be: \(tag.unit)")
            }
            self[tag] = value
        }
    }

    func write(to buffer: inout ByteBuffer) {
        for tag in Settings.Tag.allCases { buffer.writeField(tag.rawValue, self[tag]) }
    }
}
