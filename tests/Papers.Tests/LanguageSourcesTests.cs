using Papers.Sources;
using Xunit;

namespace Papers.Tests;

/// <summary>The laws of made-up languages: what is asked, what is said in several, and what no one has learnt.</summary>
public class LanguageSourcesTests
{
    [Fact]
    public void An_enquiry_has_three_words_of_its_intent_and_one_of_another()
    {
        var intents = new Dictionary<string, int>();
        for (var i = 0; i < 2000; i++)
        {
            var record = new Enquiries { Seed = 3 }.Record(i);
            var words = ((string)record["text"]!).Split(' ');
            var intent = (string)record["intent"]!;
            var of = words.Select(Enquiries.IntentOf).ToList();
            Assert.Equal((6, 3, 2), (words.Length, of.Count(o => o == intent), of.Count(o => o is null)));
            Assert.Equal((string)record["text"]!, $"{record["first"]} {record["rest"]}");
            intents[intent] = intents.GetValueOrDefault(intent) + 1;
        }

        Assert.Equal(Enquiries.Intents.Select(intent => (intent, 200)), intents.Select(i => (i.Key, i.Value)).Order());
    }

    /// <summary>The proof's parts: labelled, validation, test, unlabelled.</summary>
    [Fact]
    public void What_is_tested_is_nowhere_among_the_unlabelled()
    {
        HashSet<string> tested = [.. Texts(3, 2000)];
        foreach (var (seed, count) in new[] { (1, 100), (2, 400), (4, 4000), (6, 4000) })
            Assert.Empty(tested.Intersect(Texts(seed, count)));

        static IEnumerable<string> Texts(int seed, int count) =>
            Enumerable.Range(0, count).Select(i => (string)new Enquiries { Seed = seed }.Record(i)["text"]!);
    }

    [Fact]
    public void Languages_say_the_same_by_the_same_grammar_and_share_no_word()
    {
        var words = Phrases.Languages.Select(language => Words(language).ToHashSet()).ToList();
        Assert.All(words, own => Assert.Equal(36, own.Count)); // 24 nouns and 12 verbs.
        Assert.Equal(4 * 36, words.SelectMany(own => own).Distinct().Count());
        for (var i = 0; i < 500; i++)
        {
            var all = Phrases.Languages.Select(language => new Phrases { Language = language, Seed = 5 }.Record(i)).ToList();
            foreach (var column in new[] { "topic", "object", "mood", "same" })
                Assert.Single(all.Select(record => (string)record[column]!).Distinct());
            Assert.Equal((string)all[0]["topic"]! == (string)all[0]["object"]!, (string)all[0]["same"]! == "yes");
        }

        static IEnumerable<string> Words(string language) =>
            Enumerable
                .Range(0, 3000)
                .SelectMany(i => ((string)new Phrases { Language = language, Seed = 7 }.Record(i)["text"]!).Split(' '));
    }

    [Fact]
    public void Half_of_what_is_read_is_said_twice()
    {
        var of = Phrases
            .Languages.SelectMany((language, number) => Vocabulary(language).Select(word => (word, number)))
            .Distinct()
            .ToDictionary(pair => pair.word, pair => pair.number);
        var twice = 0;
        for (var i = 0; i < 2000; i++)
        {
            var record = new Phrases { Aligned = 0.5, Seed = 2 }.Record(i);
            string[] first = ((string)record["first"]!).Split(' '),
                rest = ((string)record["rest"]!).Split(' ');
            Assert.Single(first.Select(word => of[word]).Distinct());
            Assert.Single(rest.Select(word => of[word]).Distinct());
            if (of[first[0]] == of[rest[0]])
                continue;
            twice++;
            Assert.Equal(first.Select(Place), rest.Select(Place));
        }

        Assert.InRange(twice, 900, 1100);

        int Place(string word) => Array.IndexOf([.. Vocabulary(Phrases.Languages[of[word]])], word);

        static List<string> Vocabulary(string language) => vocabularies.GetValueOrDefault(language) ?? Read(language);

        // In an order that is the same in each language: that of one series of phrases.
        static List<string> Read(string language) =>
            vocabularies[language] = [
                .. Enumerable
                    .Range(0, 3000)
                    .SelectMany(i => ((string)new Phrases { Language = language, Seed = 7 }.Record(i)["text"]!).Split(' '))
                    .Distinct(),
            ];
    }

    private static readonly Dictionary<string, List<string>> vocabularies = [];

    [Fact]
    public void A_translation_is_its_words_in_reverse_order()
    {
        var words = new Dictionary<(string Domain, string Source), string>();
        var domains = Enum.GetValues<TranslationDomain>().Where(domain => domain != TranslationDomain.Any).ToList();
        foreach (var domain in domains)
            for (var i = 0; i < 2000; i++)
                foreach (var (source, target) in Pairs(new Translations { Domain = domain, Seed = 3 }.Record(i)))
                {
                    Assert.True(words.TryAdd(($"{domain}", source), target) || words[($"{domain}", source)] == target);
                }

        var common = words.Keys.Select(key => key.Source).Distinct().ToList();
        Assert.Equal(80, common.Count);
        Assert.Equal(20, common.Count(word => domains.Select(domain => words[($"{domain}", word)]).Distinct().Count() == 3));
        Assert.Equal(60, common.Count(word => domains.Select(domain => words[($"{domain}", word)]).Distinct().Count() == 1));
    }

    [Fact]
    public void New_terms_are_learnt_by_no_one_and_stand_in_the_dictionary()
    {
        var dictionary = Enumerable
            .Range(0, 200)
            .Select(i => new Glossary().Record(i))
            .ToDictionary(r => (string)r["term"]!, r => (string)r["entry"]!);
        var (known, fresh) = (Rare(RareTerm.Known), Rare(RareTerm.Fresh));
        Assert.Equal((100, 100), (known.Count, fresh.Count));
        Assert.Empty(known.Intersect(fresh));
        Assert.Empty(Rare(RareTerm.Random).Intersect(dictionary.Keys));

        HashSet<string> Rare(RareTerm terms)
        {
            var found = new HashSet<string>();
            for (var i = 0; i < 3000; i++)
            {
                var record = new Translations { Terms = terms, Seed = 4 }.Record(i);
                foreach (var (source, target) in Pairs(record).Where(pair => pair.Source.Length > 3))
                {
                    found.Add(source);
                    if (terms == RareTerm.Random)
                        Assert.Equal($"{source} = {target}", (string)record["terms"]!.AsArray().Single()!);
                    else
                        Assert.Equal(dictionary[source], target);
                }
            }

            return found;
        }
    }

    private static IEnumerable<(string Source, string Target)> Pairs(System.Text.Json.Nodes.JsonObject record) =>
        ((string)record["source"]!).Split(' ').Zip(((string)record["target"]!).Split(' ').Reverse());
}
