using TaskDsl.Prompts;

namespace TaskDsl.Torch.Opening.Loading;

/// <summary>
/// Models of which each answers inputs of its own. One is read when it is asked and freed when another one is, so that as much memory as
/// for one is enough, however many there are.
/// </summary>
/// <param name="of">Which one answers an input that is put by a prompt in a language.</param>
/// <param name="open">Opens one by its folder.</param>
public sealed class ModelsByInput(Func<Prompt, object, string, ModelOfInput> of, Func<string, LoadedModel> open)
{
    /// <summary>Which one answers an input that is put by a prompt in a language.</summary>
    public ModelOfInput Of(Prompt prompt, object input, string language) => of(prompt, input, language);

    /// <summary>Lets each item be answered by its own model, and gives the answers in the order of the items.</summary>
    /// <param name="items">The items.</param>
    /// <param name="asked">What is asked of an item.</param>
    /// <param name="answer">Answers items that are one model's.</param>
    /// <param name="none">The answer of an item that no model is for.</param>
    public IReadOnlyList<TAnswer> Answer<TItem, TAnswer>(
        IReadOnlyList<TItem> items,
        Func<TItem, (Prompt Prompt, object Input, string Language)> asked,
        Func<LoadedModel, IReadOnlyList<TItem>, IReadOnlyList<TAnswer>> answer,
        Func<ModelOfInput, TAnswer> none
    )
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(none);
        var answers = new TAnswer[items.Count];
        foreach (
            var own in items
                .Select((item, index) => (Item: item, Index: index, Asked: asked(item)))
                .Select(item => (item.Item, item.Index, Of: of(item.Asked.Prompt, item.Asked.Input, item.Asked.Language)))
                .GroupBy(item => item.Of.Folder)
        )
        {
            if (own.Key is null)
            {
                foreach (var item in own)
                    answers[item.Index] = none(item.Of);
                continue;
            }

            using var model = open(own.Key);
            foreach (var (item, given) in own.Zip(answer(model, [.. own.Select(item => item.Item)])))
                answers[item.Index] = given;
        }

        return answers;
    }
}
