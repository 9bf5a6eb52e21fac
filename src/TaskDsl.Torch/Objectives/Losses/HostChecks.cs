using System.Globalization;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>
/// Numbers that a device looks something up by, held to what is there while they are on the host. A GPU looks up whatever it is given; a
/// wrong one ends its context, and every call behind it fails with words that have nothing to do with it.
/// </summary>
public static class HostChecks
{
    /// <summary>Refuses tokens that a model has no embedding of.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="ids">Its tokens, or others in their place, row by row.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="MisfitException">There is one; the record is named.</exception>
    public static void Tokens(TokenBatch batch, ReadOnlySpan<long> ids, LanguageModel model)
    {
        if (ids.Length != batch.Rows * batch.Length)
            throw new MisfitException($"{ids.Length} tokens are given in the place of a batch's {batch.Rows} · {batch.Length}.");
        if (Outside(ids, model.Config.VocabularySize) is not (>= 0 and var place))
            return;
        var (id, where) = (ids[place], $"row {place / batch.Length + 1} of a batch, place {place % batch.Length + 1} (padding)");
        foreach (var placed in batch.Sequences)
            if (place >= placed.Start && place < placed.Start + placed.Sequence.Length)
                where = $"{placed.Sequence.Origin}, token {place - placed.Start + 1} of {placed.Sequence.Length}";
        throw Unknown(where, id, model);
    }

    /// <summary>The same for texts, each by itself.</summary>
    /// <param name="texts">Their tokens.</param>
    /// <param name="padding">The token that fills rows up.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="MisfitException">There is one; the text is named by its number.</exception>
    public static void Tokens(IReadOnlyList<int[]> texts, int padding, LanguageModel model)
    {
        var size = model.Config.VocabularySize;
        foreach (var (number, text) in texts.Index())
            for (var i = 0; i < text.Length; i++)
                if ((uint)text[i] >= (uint)size)
                    throw Unknown($"text {number + 1} of {texts.Count}, token {i + 1} of {text.Length}", text[i], model);
        if ((uint)padding >= (uint)size)
            throw Unknown("padding", padding, model);
    }

    /// <summary>Refuses places that a batch has not.</summary>
    /// <exception cref="MisfitException">There is one.</exception>
    public static void Places(TokenBatch batch, ReadOnlySpan<long> places)
    {
        if (Outside(places, batch.Rows * batch.Length) is >= 0 and var wrong)
            throw new MisfitException(
                $"A hidden state is asked for at place {places[wrong]}; the batch has {batch.Rows} rows of {batch.Length} tokens, "
                    + $"places 0 to {batch.Rows * batch.Length - 1}."
            );
    }

    /// <summary>Refuses a class that a head has no score of.</summary>
    /// <param name="placed">The sequence that it is of.</param>
    /// <param name="label">The class, a whole number.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="MisfitException">The head has none; the record is named.</exception>
    public static void Label(PlacedSequence placed, float label, LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Label(placed, label, model.Config.Labels);
    }

    /// <summary>The same for some of a head's classes.</summary>
    /// <param name="placed">The sequence that it is of.</param>
    /// <param name="label">The class, a whole number.</param>
    /// <param name="labels">The classes.</param>
    /// <exception cref="MisfitException">The head has none; the record is named.</exception>
    public static void Label(PlacedSequence placed, float label, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (!(label >= 0 && label < labels.Count && label == MathF.Truncate(label)))
            throw new MisfitException(
                $"{placed.Sequence.Origin}: class {label.ToString(CultureInfo.InvariantCulture)} is to be learned; the model's head "
                    + $"has {labels.Count}, from 0: {string.Join(", ", labels.Take(6))}{(labels.Count > 6 ? ", …" : "")}."
            );
    }

    /// <summary>Where the first number stands that is not in [0, size); −1 = nowhere.</summary>
    private static int Outside(ReadOnlySpan<long> numbers, long size)
    {
        for (var i = 0; i < numbers.Length; i++)
            if ((ulong)numbers[i] >= (ulong)size)
                return i;
        return -1;
    }

    private static MisfitException Unknown(string where, long id, LanguageModel model) =>
        new(
            $"{where}: token {id} is none of the model's {model.Config.VocabularySize}, which count from 0. It was made by the "
                + "tokenizer of another model, or by an objective of your own."
        );
}
