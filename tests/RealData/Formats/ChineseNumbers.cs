using System.Globalization;
using System.Text.RegularExpressions;

namespace RealData.Formats;

/// <summary>Numbers in Chinese letters become digits, as LawBench has cn2an do it.</summary>
internal static partial class ChineseNumbers
{
    private const string Digits = "零一二三四五六七八九";

    /// <summary>The text with its numbers in digits.</summary>
    public static string ToDigits(string text) => Number().Replace(text, number => Value(number.Value));

    private static string Value(string number)
    {
        var plain = number.Replace('〇', '零').Replace('两', '二');
        if (plain.All(sign => Digits.Contains(sign, StringComparison.Ordinal)))
            return string.Concat(plain.Select(sign => Digits.IndexOf(sign, StringComparison.Ordinal)));
        long whole = 0,
            part = 0,
            digit = 0;
        foreach (var (at, sign) in plain.Index())
            switch (sign)
            {
                case '十':
                    part += (at == 0 ? 1 : digit) * 10;
                    digit = 0;
                    break;
                case '百' or '千':
                    if (digit == 0)
                        return number;
                    part += digit * (sign == '百' ? 100 : 1000);
                    digit = 0;
                    break;
                case '万':
                    if (part + digit == 0)
                        return number;
                    whole += (part + digit) * 10_000;
                    part = digit = 0;
                    break;
                default:
                    digit = Digits.IndexOf(sign, StringComparison.Ordinal);
                    break;
            }

        return (whole + part + digit).ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("[零〇一二两三四五六七八九十百千万]+")]
    private static partial Regex Number();
}
