using System.Text;
using System.Text.RegularExpressions;

namespace TaskDsl.HuggingFace.Tokenizers.Text;

/// <summary>
/// The regular expressions of tokenizer files, which are Oniguruma's (Ruby's), as .NET's: possessive quantifiers become atomic groups and
/// \w Unicode's word characters. What the two read differently and is not translated is an error.
/// </summary>
internal static class Expression
{
    public static Regex Of(string pattern) => new(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled);

    public static Regex Read(JsonPart json)
    {
        var pattern = json.String();
        if (pattern.Any(char.IsSurrogate))
            throw json.Bad("has characters beyond U+FFFF in a regular expression, which is not supported");
        try
        {
            return new(Translate(pattern, json), RegexOptions.CultureInvariant | RegexOptions.Compiled | RegexOptions.Multiline);
        }
        catch (RegexParseException e)
        {
            throw json.Bad($"is a regular expression that is not supported: {e.Message}");
        }
    }

    private static string Translate(string pattern, JsonPart json)
    {
        var result = new StringBuilder();
        var groups = new Stack<int>();
        var atom = 0; // where the last atom begins in the result
        for (var at = 0; at < pattern.Length; at++)
        {
            var c = pattern[at];
            switch (c)
            {
                case '\\':
                    atom = result.Length;
                    at = Escape(at, inClass: false);
                    break;
                case '[':
                    atom = result.Length;
                    at = Class(at);
                    break;
                case '(':
                    groups.Push(result.Length);
                    result.Append(c);
                    break;
                case ')' when groups.Count > 0:
                    atom = groups.Pop();
                    result.Append(c);
                    break;
                case '*' or '+' or '?':
                    result.Append(c);
                    if (at + 1 < pattern.Length && pattern[at + 1] == '+' && at > 0 && pattern[at - 1] != '(')
                    {
                        result.Insert(atom, "(?>").Append(')');
                        at++;
                    }

                    break;
                case '{':
                    var close = pattern.IndexOf('}', at);
                    if (close < 0)
                        close = at;
                    result.Append(pattern, at, close - at + 1);
                    at = close;
                    // In Ruby's syntax a + behind {n,m} is one more quantifier: the whole once or more.
                    if (at + 1 < pattern.Length && pattern[at + 1] == '+')
                        result.Insert(atom, "(?:").Append(')');
                    break;
                default:
                    atom = result.Length;
                    result.Append(c);
                    break;
            }
        }

        return result.ToString();

        int Escape(int at, bool inClass)
        {
            if (at + 1 >= pattern.Length)
                throw json.Bad("is a regular expression that ends in a backslash");
            switch (pattern[at + 1])
            {
                case 'w' when inClass:
                    result.Append(Characters.OnigurumaWordClass);
                    break;
                case 'w':
                    result.Append('[').Append(Characters.OnigurumaWordClass).Append(']');
                    break;
                case 'W' when !inClass:
                    result.Append("[^").Append(Characters.OnigurumaWordClass).Append(']');
                    break;
                case 'W' or 'b' or 'B' or 'h' or 'H' or 'K' or 'G' or 'R' or 'X' or 'Z' or 'g' or 'k':
                    throw json.Bad($"is a regular expression with \\{pattern[at + 1]}, which is not supported here");
                case 'p' or 'P' when at + 2 < pattern.Length && pattern[at + 2] == '{' && pattern.IndexOf('}', at) is > 0 and var end:
                    var name = pattern[(at + 3)..end];
                    if (name.StartsWith('^'))
                        result.Append(pattern[at + 1] == 'p' ? @"\P{" : @"\p{").Append(name, 1, name.Length - 1).Append('}');
                    else if (name == "Han")
                        result.Append(
                            inClass && pattern[at + 1] == 'p' ? Han
                            : pattern[at + 1] == 'p' ? $"[{Han}]"
                            : throw json.Bad(@"is a regular expression with \P{Han}, which is not supported")
                        );
                    else
                        result.Append(pattern, at, end + 1 - at);
                    return end;
                default:
                    result.Append(pattern, at, 2);
                    break;
            }

            return at + 1;
        }

        int Class(int at)
        {
            result.Append('[');
            at++;
            if (at < pattern.Length && pattern[at] == '^')
                result.Append(pattern[at++]);
            for (var first = true; at < pattern.Length; at++, first = false)
            {
                if (pattern[at] == ']' && !first)
                {
                    result.Append(']');
                    return at;
                }

                if (pattern[at] == '[')
                    throw json.Bad("is a regular expression with a class inside a class, which is not supported");
                if (pattern[at] == '&' && at + 1 < pattern.Length && pattern[at + 1] == '&')
                    throw json.Bad("is a regular expression with an intersection of classes (&&), which is not supported");
                if (pattern[at] == '\\')
                    at = Escape(at, inClass: true);
                else
                    result.Append(pattern[at]);
            }

            throw json.Bad("is a regular expression with a class that does not end");
        }
    }

    /// <summary>The Han script's characters up to U+FFFF.</summary>
    private const string Han =
        @"\u2E80-\u2E99\u2E9B-\u2EF3\u2F00-\u2FD5\u3005\u3007\u3021-\u3029"
        + @"\u3038-\u303B\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFA6D\uFA70-\uFAD9";
}
