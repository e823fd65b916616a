import ZaichikProtocol

/// Walks DELIVER frames where they lie, by address: one step a message instead of one value a message.
enum DeliveryScan {
    /// - Parameter body: Gets topic, bytes of the payload and, if it is long enough for one, the stamp.
    /// - Returns: Bytes of the whole DELIVER frames at the start.
    @inline(__always)
    static func walk(_ bytes: UnsafeRawBufferPointer, _ body: (UInt32, Int, MessageStamp?) -> Void) -> Int {
        var offset = 0
        while bytes.count - offset >= MessageLayout.keyOffset {
            let length = FrameHeader.lengthSize + Int(load(bytes, offset, as: UInt32.self))
            let payloadOffset =
                offset + MessageLayout.keyOffset
                + Int(load(bytes, offset + MessageLayout.keyLengthOffset, as: UInt16.self))
            guard bytes[offset + MessageLayout.typeOffset] == BrokerOpcode.deliver.rawValue,
                length <= bytes.count - offset, payloadOffset <= offset + length
            else { break }
            let payload = offset + length - payloadOffset
            body(
                load(bytes, offset + MessageLayout.topicOffset, as: UInt32.self), payload,
                payload >= MessageStamp.size ? MessageStamp(bytes, at: payloadOffset) : nil)
            offset += length
        }
        return offset
    }

    @inline(__always)
    private static func load<T: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, as _: T.Type
    ) -> T {
        T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
}
