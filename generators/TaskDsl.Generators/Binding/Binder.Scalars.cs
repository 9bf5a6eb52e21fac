using System.Globalization;
using System.Text.RegularExpressions;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;
using static TaskDsl.Generators.Binding.Wording;
using TypeKind = TaskDsl.Generators.Vocabulary.TypeKind;

namespace TaskDsl.Generators.Binding;

// Single values.
public sealed partial class Binder
{
    private BoundValue? BindScalar(YamlScalar scalar, TypeRef type, PropertyModel? property)
    {
        switch (type.Kind)
        {
            case TypeKind.Reference when !scalar.IsNull:
                var reference = new BoundReference(scalar, type.Document, scalar.Value);
                References.Add(reference);
                return reference;
            case TypeKind.Enum:
                var words = vocabulary.Type<EnumModel>(type.Name);
                if (words.Members.FirstOrDefault(m => m.Word == scalar.Value) is { } member)
                    return new BoundEnum(scalar, words, member);
                return Report(
                    Rules.UnknownWord,
                    scalar,
                    scalar.Value,
                    Article(words.Label),
                    NearestWord.Choice(scalar.Value, words.Members.Select(m => m.Word))
                );
        }

        var value = ScalarValue.Of(scalar, type.Kind);
        if (
            value is null
            && type.Kind == TypeKind.Integer
            && scalar.IsPlain
            && long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
        )
            return Report(
                Rules.OutOfRange,
                scalar,
                scalar.Value,
                property?.Key ?? "an item",
                NumberRange.Describe(int.MinValue, int.MaxValue - 1)
            );
        if (value is null)
            return Report(Rules.WrongType, scalar, scalar.Description, Expected(type));
        if (value is string text && property is not null)
            CheckText(scalar, text, property);
        if (
            value is not string
            && property is { Minimum: { } min, Maximum: { } max }
            && Convert.ToDouble(value is TimeSpan t ? t.TotalSeconds : value, CultureInfo.InvariantCulture) is var number
            && (number < min || number > max)
        )
            return Report(Rules.OutOfRange, scalar, scalar.Value, property.Key, NumberRange.Describe(min, max));
        return new BoundScalar(scalar, type, value);
    }

    private void CheckText(YamlScalar scalar, string text, PropertyModel property)
    {
        if (property.Pattern is { } pattern && !Matches(text, pattern))
            Report(Rules.OutOfRange, scalar, scalar.Description, property.Key, property.PatternWords ?? $"a text that matches {pattern}");
        if (property.IsPattern && PatternFault(text) is { } fault)
            Report(Rules.OutOfRange, scalar, scalar.Description, property.Key, $"a regular expression: {fault}");
        if (property.WordOf is { } kind && vocabulary.Type<ChoiceModel>(kind) is var choice && !Words(choice).Contains(text))
            Report(Rules.UnknownWord, scalar, text, Article(choice.Label), NearestWord.Choice(text, Words(choice)));
        if (!property.IsPath || (property.Result is { } result && (text == result.Also || text.StartsWith("$", StringComparison.Ordinal))))
            return;
        Paths.Add(text);
        if (!files.Has(text))
            Report(Rules.MissingFile, scalar, text, files.Suggest(text, vocabulary));
    }

    private static string? PatternFault(string pattern)
    {
        try
        {
            _ = new Regex(pattern);
            return null;
        }
        catch (ArgumentException fault)
        {
            // What it is of stands there already, and where the name of a parameter follows, it is none of the YAML's.
            return fault.Message.Split('\n')[0].TrimEnd('.', '\r');
        }
    }

    // A pattern that is none, as while it is typed, says nothing.
    private static bool Matches(string text, string pattern)
    {
        try
        {
            return Regex.IsMatch(text, $"^(?:{pattern})$", RegexOptions.None, TimeSpan.FromSeconds(1));
        }
        catch (Exception fault) when (fault is ArgumentException or RegexMatchTimeoutException)
        {
            return true;
        }
    }

    private void Check(PropertyModel property, BoundValue value)
    {
        foreach (var item in (value as BoundEach)?.Items ?? [])
            Check(property, item);
        var count = value switch
        {
            // What is there and wrong has its own problem.
            BoundList { Node: YamlSequence there } => there.Items.Count,
            BoundList list => list.Items.Count,
            BoundMap { Node: YamlMapping there } => there.Entries.Count,
            BoundMap { Node: YamlSequence there } => there.Items.Count,
            BoundMap map => map.Entries.Count,
            BoundScalar { Value: string text } => text.Length,
            _ => -1,
        };
        if (count >= 0 && property is { Minimum: { } min, Maximum: { } max } && (count < min || count > max))
            Report(Rules.OutOfRange, value.Node, $"a length of {count}", property.Key, NumberRange.Describe(min, max));
        var items = property.IsDistinct && value is BoundList { Items: var all } ? all : [];
        foreach (var twice in items.Select(item => item.Node).OfType<YamlScalar>().GroupBy(s => s.Value).SelectMany(same => same.Skip(1)))
            Report(Rules.DuplicateKey, twice, twice.Value);
    }
}
