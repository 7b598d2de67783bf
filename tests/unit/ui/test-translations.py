#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Translations are whole: each file with words is in POTFILES, and each language has words for all that is in them.

test-translations.py SOURCE-ROOT
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = sys.argv.pop(1)
# What xgettext is told of our sources; meson's preset "glib" says the same.
KEYWORDS = ["--keyword=_", "--keyword=N_", "--keyword=C_:1c,2", "--keyword=NC_:1c,2", "--keyword=ngettext:1,2",
            "--keyword=g_dngettext:2,3", "--add-comments", "--from-code=UTF-8"]
WORDS_C = re.compile(r'(?<![A-Za-z_])(?:_|N_|C_)\("|ngettext\("')
WORDS_UI = re.compile(r'translatable="yes"')


def lines(name):
    with open(os.path.join(ROOT, "po", name)) as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def files_with_words():
    for room in ("app", "ui", "service-client", "directory", "connector-core", "data"):
        for folder, _, names in os.walk(os.path.join(ROOT, room)):
            for name in names:
                path = os.path.join(folder, name)
                pattern = WORDS_C if name.endswith(".c") else WORDS_UI if name.endswith(".ui") else None
                if name.endswith((".desktop.in", ".metainfo.xml.in")):
                    yield os.path.relpath(path, ROOT)
                elif pattern:
                    with open(path, encoding="utf-8") as file:
                        if pattern.search(file.read()):
                            yield os.path.relpath(path, ROOT)


class Translations(unittest.TestCase):
    def test_potfiles_names_every_file_with_words(self):
        self.assertEqual(sorted(lines("POTFILES")), sorted(files_with_words()))

    def test_languages_are_complete(self):
        with tempfile.TemporaryDirectory() as home:
            template = os.path.join(home, "all.pot")
            run = subprocess.run(["xgettext", *KEYWORDS, "--directory=" + ROOT, "--output=" + template, *lines("POTFILES")],
                                 capture_output=True, text=True)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            for language in lines("LINGUAS"):
                with self.subTest(language):
                    catalogue = os.path.join(ROOT, "po", language + ".po")
                    for command in (["msgfmt", "--check", "--output-file=/dev/null", catalogue], ["msgcmp", catalogue, template]):
                        run = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ, LC_ALL="C.UTF-8"))
                        self.assertEqual(run.returncode, 0, run.stderr)


unittest.main(verbosity=2)
