import NIOCore

/// The buffer into which the connections of a loop read: large, and always the same memory.
struct ReadBufferPool {
    /// nil while a connection has it.
    private var shared: ByteBuffer?

    mutating func take() -> ByteBuffer {
        let capacity = ReadBuffers.sharedCapacity
        guard var buffer = shared else { return LargeMemory.allocator(for: capacity).buffer(capacity: capacity) }
        shared = nil
        buffer.clear()
        return buffer
    }

    /// Takes back a buffer that is no longer in use.
    mutating func giveBack(_ buffer: ByteBuffer) {
        if buffer.storageCapacity == ReadBuffers.sharedCapacity { shared = buffer }
    }
}
