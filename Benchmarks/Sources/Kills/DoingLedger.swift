import Foundation

/// What all the workers did, and what of it was wrong.
struct DoingLedger {
    private(set) var workers = 0
    /// Messages that nobody did.
    private(set) var lost: UInt64 = 0
    /// Doings beyond the first of a message, which was in flight when its worker was killed.
    private(set) var repeated: UInt64 = 0
    /// Doings of messages that came again; most had not been begun at the kill.
    private(set) var again: UInt64 = 0
    /// Doings beyond the first of a message that its worker must have committed.
    private(set) var doubled: UInt64 = 0
    /// Doings beyond the first that were not announced as coming again.
    private(set) var unannounced: UInt64 = 0

    /// Reads the files of workers that were killed, each in the order of its doings.
    init(messages: UInt64, window: UInt32, workers files: [URL]) throws {
        var first = [UInt8](repeating: 0, count: Int(messages) + 1)
        var doings = first
        /// Doings that a kill may have kept from being committed: no more than a window at the end of a file.
        var uncertain = first
        for file in files {
            guard let data = try? Data(contentsOf: file) else { continue }
            workers += 1
            let count = data.count / Doing.size
            data.withUnsafeBytes { bytes in
                for index in 0..<count {
                    let doing = Doing(UnsafeRawBufferPointer(rebasing: bytes[(index * Doing.size)...]))
                    let number = Int(doing.number)
                    doings[number] += 1
                    if doing.attempt == 1 { first[number] += 1 } else { again += 1 }
                    if count - index <= Int(window) { uncertain[number] += 1 }
                }
            }
        }
        for number in 1...Int(messages) {
            if doings[number] == 0 { lost += 1 }
            guard doings[number] > 1 else { continue }
            let others = doings[number] - 1
            // All but the last doing have to be uncertain ones.
            if uncertain[number] >= others { repeated += UInt64(others) } else { doubled += UInt64(others) }
            if first[number] > 1 { unannounced += UInt64(first[number] - 1) }
        }
    }
}
