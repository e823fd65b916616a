import ArgumentParser

/// Reads the numbers of options, and says which ones would be right.
enum NumberText {
    /// A whole number within a range.
    static func whole<N: FixedWidthInteger & Sendable>(
        _ range: ClosedRange<N>
    ) -> @Sendable (String) throws -> N {
        { text in
            guard let number = N(text), range.contains(number) else {
                let limit =
                    range.upperBound == .max
                    ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
                throw ValidationError("use a whole number, \(limit).")
            }
            return number
        }
    }

    /// A number, perhaps with a fraction, within a range.
    static func real(_ range: ClosedRange<Double>, _ shown: String) -> @Sendable (String) throws -> Double {
        { text in
            guard let number = Double(text), range.contains(number) else {
                throw ValidationError("use a number, \(shown).")
            }
            return number
        }
    }
}
