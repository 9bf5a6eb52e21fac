using System.Globalization;
using System.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Decoders;

/// <summary>
/// Runs of byte tokens (&lt;0xE2&gt;) become characters; a run that is no UTF-8 becomes a replacement character for each byte.
/// </summary>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public override List<string> Apply(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var run = new List<byte>();
        foreach (var token in tokens)
        {
            if (TryByte(token, out var value))
            {
                run.Add(value);
                continue;
            }

            Flush();
            result.Add(token);
        }

        Flush();
        return result;

        void Flush()
        {
            byte[] bytes = [.. run];
            if (System.Text.Unicode.Utf8.IsValid(bytes))
                result.Add(Strict.GetString(bytes));
            else
                result.AddRange(Enumerable.Repeat("\uFFFD", bytes.Length));
            run.Clear();
        }
    }

    public override byte[] Bytes(byte[] token) =>
        token.Length == 6 && TryByte(Encoding.UTF8.GetString(token), out var value) ? [value] : token;

    public static bool TryByte(string token, out byte value)
    {
        value = 0;
        return token.Length == 6
            && token.StartsWith("<0x", StringComparison.Ordinal)
            && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
