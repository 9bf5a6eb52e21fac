using System.Text;

namespace TaskDsl.Unicode;

/// <summary>Texts written in one way.</summary>
/// <param name="Form">The normal form.</param>
/// <param name="WhiteSpace">Whether there is one kind of white space.</param>
/// <param name="ControlCharacters">Whether control characters, byte order marks, zero-width spaces and soft hyphens go.</param>
public sealed record NormalText(UnicodeForm Form, bool WhiteSpace = true, bool ControlCharacters = true)
{
    /// <summary>A text, so written.</summary>
    public string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // First what goes, so that what it stood between can compose; last the spaces, which the form may have made.
        if (ControlCharacters && text.Any(IsControl))
            text = string.Concat(text.Where(c => !IsControl(c)));
        if (!Ascii.IsValid(text))
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            var form = Form.Apply(utf8);
            if (!form.SequenceEqual(utf8))
                text = Encoding.UTF8.GetString(form);
        }

        return WhiteSpace ? Spaced(text) : text;
    }

    private static bool IsControl(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) || c is '\uFEFF' or '\u200B' or '\u00AD';

    private static string Spaced(string text)
    {
        var spaced = new StringBuilder(text.Length);
        var (breaks, space) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029')
            {
                if (c != '\r' || i + 1 == text.Length || text[i + 1] != '\n')
                    breaks++;
            }
            else if (char.IsWhiteSpace(c))
            {
                space = true;
            }
            else
            {
                if (spaced.Length > 0 && breaks > 0)
                    spaced.Append('\n', Math.Min(breaks, 2));
                else if (spaced.Length > 0 && space)
                    spaced.Append(' ');
                (breaks, space) = (0, false);
                spaced.Append(c);
            }
        }

        return spaced.Equals(text) ? text : spaced.ToString();
    }
}
