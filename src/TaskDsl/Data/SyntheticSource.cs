using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

/// <summary>
/// Records that are computed, for experiments whose data must follow a known law. Each kind is one file with a <c>[Keyword]</c> record.
/// A record is a function of the source's properties and its number: the same on every machine, and a smaller count is the beginning of a
/// larger one.
/// </summary>
public abstract record SyntheticSource : DataSource
{
    /// <summary>How many records there are.</summary>
    [Range(1, int.MaxValue)]
    public int Count { get; init; } = 1000;

    /// <summary>The seed of all that is drawn.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Computes a record: its columns by their names.</summary>
    /// <param name="number">Its number, from 0.</param>
    public abstract JsonObject Record(int number);

    // Two sources of one kind differ in their properties, and so do the places of their records.
    /// <inheritdoc/>
    public override string Title =>
        string.Join(
            ' ',
            GetType()
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.CanWrite && typeof(SyntheticSource).IsAssignableFrom(p.DeclaringType))
                .Where(p => p.GetValue(this) is not null)
                .Select(p => $"{Words.KeyOf(p)}={DefinitionJson.Write(p.GetValue(this))}")
                .Order(StringComparer.Ordinal)
                .Prepend(Words.WordOf(GetType()))
        );

    internal override IEnumerable<string> Paths => [];

    internal override IEnumerable<SourceFile> Files(string directory, string language) => [new(this, Title, Title, language, null)];

    internal override async IAsyncEnumerable<SourceRecord> ReadAsync(
        SourceFile file,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask.ConfigureAwait(false);
        for (var number = 0; number < Count; number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new SourceRecord(Encoding.UTF8.GetBytes(Record(number).ToJsonString(DefinitionJson.Options)), number + 1);
        }
    }
}
