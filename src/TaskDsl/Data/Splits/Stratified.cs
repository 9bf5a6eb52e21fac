using System.Buffers;
using System.Runtime.CompilerServices;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Splits;

/// <summary>
/// Divides the examples of each value alike: within a value those with the smallest hashes of their input are the test part, the next the
/// validation part. Each value's parts, and all together, are within one example of their shares (equal inputs stay together). A new
/// example can move others that stand at a border.
/// </summary>
/// <remarks>The examples lie on the disk meanwhile; 8 to 16 bytes of memory are taken for each.</remarks>
[Keyword("stratified")]
public sealed record Stratified : Split
{
    /// <summary>What the parts have alike: an expression over the fields, as <c>type</c> or <c>language + '/' + type</c>.</summary>
    [Shorthand]
    public required TextExpression By { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> DivideAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var file = new ExampleFile<T>(context.Task);
        var scratch = new ArrayBufferWriter<byte>();
        var strata = new SortedDictionary<string, List<ulong>>(StringComparer.Ordinal);
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            file.Add(example);
            if (example.Origin.Split is not null)
                continue; // The source has said.
            var value = By.Of(example) ?? "";
            if (!strata.TryGetValue(value, out var draws))
                strata.Add(value, draws = []);
            draws.Add(Draw(example, context.Task, scratch));
        }

        var borders = Borders(strata);
        foreach (var example in file)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (example.Origin.Split is not null)
            {
                yield return example;
                continue;
            }

            var (test, validation) = borders[By.Of(example) ?? ""];
            var draw = Draw(example, context.Task, scratch);
            var part =
                draw < test ? SplitName.Test
                : draw < validation ? SplitName.Validation
                : SplitName.Train;
            yield return (T)((Example)example with { Origin = example.Origin with { Split = part } });
        }
    }

    /// <summary>The numbers below which an example of each value is in the test part, and in the test or the validation part.</summary>
    private Dictionary<string, (ulong Test, ulong Validation)> Borders(SortedDictionary<string, List<ulong>> strata)
    {
        var borders = new Dictionary<string, (ulong, ulong)>(StringComparer.Ordinal);
        // What rounding takes from one value the next one gets.
        double testOwed = 0,
            validationOwed = 0;
        foreach (var (value, draws) in strata)
        {
            draws.Sort();
            testOwed += Test * draws.Count;
            validationOwed += Validation * draws.Count;
            var test = Math.Clamp((int)Math.Round(testOwed), 0, draws.Count);
            var validation = Math.Clamp((int)Math.Round(validationOwed), 0, draws.Count - test);
            testOwed -= test;
            validationOwed -= validation;
            borders.Add(value, (At(draws, test), At(draws, test + validation)));
        }

        return borders;
    }

    private static ulong At(List<ulong> draws, int index) => index < draws.Count ? draws[index] : ulong.MaxValue;
}
