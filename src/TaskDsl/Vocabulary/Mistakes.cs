using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace TaskDsl.Vocabulary;

/// <summary>
/// What is wrong with a value of the vocabulary, wherever it comes from: each property is held against the rules that stand on it
/// (<c>[Range]</c>, <c>[Length]</c>, <c>[RegularExpression]</c>, <c>[Distinct]</c>, <c>required</c>, <c>[Sole]</c>, <c>[OneOf]</c>), and
/// so is each of its parts. What no rule on one property can say, a record says itself (<see cref="IValidatableObject"/>), once its
/// properties have no mistake.
/// </summary>
public static class Mistakes
{
    /// <summary>All mistakes, each with its path in the YAML's words: <c>batch.rows: 0 is not allowed; expected 1 to 65536.</c></summary>
    /// <typeparam name="T">The type that the value is taken for: of a choice, the abstract record.</typeparam>
    /// <param name="value">A definition, a word or a list of them.</param>
    /// <param name="path">Where it stands. Default: it is a definition, and paths begin in it.</param>
    public static IReadOnlyList<string> In<T>(T value, string path = "") => [.. Of(value, typeof(T), path)];

    /// <summary>Gives back a value without mistakes.</summary>
    /// <inheritdoc cref="In"/>
    /// <exception cref="WordException">It has some; the message tells all, one a line.</exception>
    public static T RefuseIn<T>(T value, string path = "")
    {
        var mistakes = In(value, path);
        return mistakes.Count == 0 ? value : throw new WordException(string.Join('\n', mistakes));
    }

    private static IEnumerable<string> Of(object? value, Type type, string path) =>
        value switch
        {
            null => [$"{path}: there is no value, and it needs one."],
            double number when !double.IsFinite(number) => [$"{path}: {Text(value)} is not allowed; expected a number."],
            Enum member when !Enum.IsDefined(value.GetType(), member) =>
            [
                $"{path}: {Text(value)} is no {Label(value.GetType())}; "
                    + $"expected one of {string.Join(", ", Words.Members(value.GetType()).Select(Words.WordOf))}.",
            ],
            string => [],
            // What another file declares is checked there.
            _ when path.Length > 0 && Words.IsReference(type) => [],
            IDictionary map when Words.ValueOf(type) is { } item => map
                .Keys.Cast<object>()
                .SelectMany(key => Of(map[key], item, Join(path, Text(key)))),
            IEnumerable items when Words.ItemOf(type) is { } item => items
                .Cast<object?>()
                .SelectMany((part, i) => Of(part, item, Join(path, Text(i)))),
            _ when IsRecord(value.GetType()) => Parts(value, Words.IsChoice(type) ? Join(path, Words.WordOf(value.GetType())) : path),
            _ => [],
        };

    private static IEnumerable<string> Parts(object record, string path)
    {
        var nullability = new NullabilityInfoContext();
        var whole = true;
        foreach (var property in Words.Properties(record.GetType()))
        {
            var value = property.GetValue(record);
            // Words that stand beside a record's own properties have no key between.
            var place =
                property.GetCustomAttribute<InlineAttribute>() is not null && Words.IsChoice(property.PropertyType)
                    ? path
                    : Join(path, Words.KeyOf(property));
            if (value is null && nullability.Create(property).WriteState != NullabilityState.NotNull)
                continue;
            var found = Of(value, property.PropertyType, place).ToList();
            if (found.Count == 0 && value is not null)
                found.AddRange(Broken(value, property, place));
            if (found.Count == 0 && property.GetCustomAttribute<SoleAttribute>() is { } sole)
                found.AddRange(Stray(record, (INamed)value!, sole.Of, place));
            whole &= found.Count == 0;
            foreach (var mistake in found)
                yield return mistake;
        }

        foreach (var mistake in NotOne(record, path))
        {
            whole = false;
            yield return mistake;
        }

        if (whole && record is IValidatableObject itself)
            foreach (var broken in itself.Validate(new ValidationContext(record)))
                yield return $"{Join(path, broken.MemberNames.FirstOrDefault() ?? "")}: {broken.ErrorMessage}";
    }

    /// <summary>None of several properties of which it needs one, or more than one.</summary>
    private static IEnumerable<string> NotOne(object record, string path)
    {
        if (record.GetType().GetCustomAttribute<OneOfAttribute>() is not { } one)
            yield break;
        PropertyInfo[] all = [.. one.Properties.Select(name => record.GetType().GetProperty(name)!)];
        string[] given = [.. all.Where(property => property.GetValue(record) is not null).Select(Words.KeyOf)];
        if (given.Length == 0)
            yield return $"{path}: it needs {string.Join(" or ", all.Select(property => $"'{Words.KeyOf(property)}'"))}.";
        if (given.Length > 1)
            yield return $"{Join(path, given[1])}: it stands beside '{given[0]}'; one of the two is meant.";
    }

    private static IEnumerable<string> Broken(object value, PropertyInfo property, string path)
    {
        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
        {
            var broken = rule switch
            {
                RangeAttribute range => Numbers(value)
                    .Where(number => !(number >= Bound(range.Minimum) && number <= Bound(range.Maximum)))
                    .Select(number => (Text(number), NumberRange.Describe(Bound(range.Minimum), Bound(range.Maximum)))),
                LengthAttribute limits
                    when Length(value) is var length && (length < limits.MinimumLength || length > limits.MaximumLength) =>
                [
                    ($"a length of {Text(length)}", NumberRange.Describe(limits.MinimumLength, limits.MaximumLength)),
                ],
                LengthAttribute => [],
                RegularExpressionAttribute { Pattern: var pattern, ErrorMessage: var words } => (
                    value is string one ? [one] : value as IEnumerable<string> ?? []
                )
                    .Where(text => !Fits(text, pattern))
                    .Select(text => ($"'{text}'", words ?? $"a text that matches {pattern}")),
                _ => rule.IsValid(value) ? [] : [(Text(value), rule.FormatErrorMessage(path))],
            };
            foreach (var (found, expected) in broken)
                yield return $"{path}: {found} is not allowed; expected {expected}.";
        }

        if (property.GetCustomAttribute<DistinctAttribute>() is not null)
            foreach (var twice in ((IEnumerable)value).Cast<object>().GroupBy(item => item).Where(same => same.Count() > 1))
                yield return $"{path}: '{(twice.Key as INamed)?.Name ?? Text(twice.Key)}' stands there twice.";
    }

    /// <summary>That what is named is of something else than what is named beside it.</summary>
    private static IEnumerable<string> Stray(object record, INamed named, string of, string path)
    {
        var beside = record.GetType().GetProperty(of)!.GetValue(record) as INamed;
        if (beside is not null && named.GetType().GetProperty(of)?.GetValue(named) is INamed owner && owner.Name != beside.Name)
            yield return $"{path}: '{named.Name}' is of the {SnakeCase.Of(of)} '{owner.Name}', not of '{beside.Name}'.";
    }

    private static IEnumerable<double> Numbers(object value) =>
        value switch
        {
            TimeSpan time => [time.TotalSeconds],
            string => [],
            IEnumerable items => items.Cast<object>().SelectMany(Numbers),
            IConvertible => [Bound(value)],
            _ => [],
        };

    private static int Length(object value) => value is string text ? text.Length : ((IEnumerable)value).Cast<object?>().Count();

    private static bool Fits(string text, string pattern) =>
        Regex.IsMatch(text, $"^(?:{pattern})$", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static double Bound(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    private static string Label(Type type) => Words.WordOf(type).Replace('_', ' ');

    private static string Text(object value) =>
        value is Enum member ? member.ToString("D") : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string Join(string path, string part) => path.Length == 0 ? part : $"{path}.{part}";
}
