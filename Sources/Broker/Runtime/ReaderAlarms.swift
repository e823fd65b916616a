import HeapModule

/// The readers that a loop looks at because of the time: deadlines of deliveries, and delays of what was returned.
///
/// A loop looks here with each of its ticks, so that thousands of deadlines need no timers.
struct ReaderAlarms {
    private struct Alarm: Comparable {
        /// µs since 1970.
        let time: UInt64
        let reader: ReaderHandle

        static func == (left: Alarm, right: Alarm) -> Bool { left.time == right.time }
        static func < (left: Alarm, right: Alarm) -> Bool { left.time < right.time }
    }

    private var alarms = Heap<Alarm>()

    var isEmpty: Bool { alarms.isEmpty }

    /// Sets the alarm of a reader, unless an earlier one is set.
    mutating func set(_ reader: Reader) {
        guard let time = reader.nextAlarm, time < reader.alarm else { return }
        reader.alarm = time
        alarms.insert(Alarm(time: time, reader: reader.handle))
    }

    /// Removes the reader whose alarm comes next, if it is time.
    ///
    /// - Returns: nil if it is not time for any. The reader may be gone, or have another alarm.
    mutating func next(now: UInt64) -> (reader: ReaderHandle, time: UInt64)? {
        guard let first = alarms.min, first.time <= now else { return nil }
        alarms.removeMin()
        return (first.reader, first.time)
    }

    mutating func removeAll() { alarms = Heap() }
}
