/// Where the invisible joiners U+200C and U+200D belong to the writing: after letters of scripts whose letters change their
/// shape by their neighbours, and between emoji. Anywhere else they would make different texts look the same.
struct Joining: Sendable {
    static let nonJoiner: Unicode.Scalar = "\u{200C}"
    static let joiner: Unicode.Scalar = "\u{200D}"

    /// More emoji are not joined.
    private static let maximumParts = 8

    private enum Place: Equatable, Sendable {
        case nothing
        case letter
        /// After a picture of so many emoji; the last of them has a skin tone or can have one.
        case emoji(Int, hasTone: Bool)
        /// After the joiner of a picture of so many emoji.
        case joiner(Int)
    }

    private var place = Place.nothing

    /// Whether the emoji before is part of a picture that may go on.
    var isInPicture: Bool {
        switch place {
        case .emoji, .joiner: true
        case .nothing, .letter: false
        }
    }

    /// Whether a scalar makes that picture larger: a joiner before an emoji, an emoji after a joiner, a skin tone.
    func goesOn(_ scalar: Unicode.Scalar, before next: @autoclosure () -> Unicode.Scalar?) -> Bool {
        switch place {
        case .emoji(_, let hasTone) where Self.isSkinTone(scalar): return !hasTone
        case .emoji:
            var look = self
            return look.takes(scalar, before: next())
        case .joiner: return true
        case .nothing, .letter: return false
        }
    }

    /// Goes on by one scalar.
    ///
    /// - Parameter next: The one after it.
    /// - Returns: Whether it is a joiner at its place.
    mutating func takes(_ scalar: Unicode.Scalar, before next: Unicode.Scalar?) -> Bool {
        let before = place
        switch scalar {
        case Self.joiner:
            place = .nothing
            if case .emoji(let parts, _) = before, parts < Self.maximumParts, let next, Self.isEmoji(next) {
                place = .joiner(parts)
                return true
            }
            return before == .letter
        case Self.nonJoiner:
            place = .nothing
            return before == .letter
        default:
            if Self.isLetter(scalar) {
                place = .letter
            } else if Self.isSkinTone(scalar), case .emoji(let parts, hasTone: false) = before {
                place = .emoji(parts, hasTone: true)
            } else if Self.isEmoji(scalar) {
                if case .joiner(let parts) = before {
                    place = .emoji(parts + 1, hasTone: false)
                } else {
                    place = .emoji(1, hasTone: Self.isSkinTone(scalar))
                }
            } else if place != .nothing, !Self.isMark(scalar) {
                place = .nothing
            }
            return false
        }
    }

    /// A sign that terminals may join with others to a picture.
    static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
        // Digits are emoji too, by that property. Most text is told apart without it.
        switch scalar.value {
        case 0xA9, 0xAE, 0x203C...0x3299, 0x1F000...0x1FAFF: scalar.properties.isEmoji
        default: false
        }
    }

    /// The colour of the skin of the emoji before it.
    static func isSkinTone(_ scalar: Unicode.Scalar) -> Bool { (0x1F3FB...0x1F3FF).contains(scalar.value) }

    /// Says whether the sign before it is drawn as text or as a picture.
    static func isPresentation(_ scalar: Unicode.Scalar) -> Bool { (0xFE00...0xFE0F).contains(scalar.value) }

    /// The letter or the picture that it stands on still counts.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        isPresentation(scalar) || TextWidth.columns(of: scalar) == 0 && !SafeText.isHarmful(scalar)
    }

    /// Arabic, Syriac, N'Ko, Mandaic, the scripts of India, Tibetan, Myanmar, Khmer, Mongolian, with the marks among them.
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0620...0x065F, 0x066E...0x06EF, 0x06FA...0x085F, 0x08A0...0x0DFF, 0x0F40...0x0FBC, 0x1000...0x109F,
            0x1780...0x17D3, 0x1820...0x18AA, 0xA840...0xA877, 0xA8E0...0xA8FF, 0xAA60...0xAA7F, 0xFB50...0xFDFF,
            0xFE70...0xFEFC, 0x11000...0x1145F:
            true
        default: false
        }
    }
}
